//! Reads an operation off a handler: what its arguments take, what its result answers.

use axum::extract::State;

use super::{Answers, Operation, Takes};
use crate::{api::problem::Problem, service::Service};

/// A handler whose arguments and result describe themselves. `M` keeps one implementation for each number of
/// arguments apart.
pub(in crate::api) trait Described<M> {
    /// Adds what it takes and answers.
    fn describe(operation: &mut Operation<'_>);
}

macro_rules! described {
    ($($argument:ident),*) => {
        impl<F, Answering, Answered, $($argument,)*> Described<($($argument,)*)> for F
        where
            F: FnOnce($($argument),*) -> Answering,
            Answering: Future<Output = Answered>,
            Answered: Answers,
            $($argument: Takes,)*
        {
            fn describe(operation: &mut Operation<'_>) {
                $($argument::takes(operation);)*
                Answered::answers(operation);
            }
        }
    };
}

described!();
described!(A);
described!(A, B);
described!(A, B, C);
described!(A, B, C, D);
described!(A, B, C, D, E);
described!(A, B, C, D, E, G);

impl Takes for State<Service> {
    fn takes(_: &mut Operation<'_>) {}
}

/// A handler refuses with problems; which ones its extractors and its `About` say.
impl<T: Answers> Answers for Result<T, Problem> {
    fn answers(operation: &mut Operation<'_>) {
        T::answers(operation);
    }
}
