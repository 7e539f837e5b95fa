//! A network for a host under test: names are answered as the story says, and every address the host wants is written down.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jackfield_server::outbound::Resolver;
use tokio::net::TcpStream;

/// A public address that no story ever reaches: doubles stand in for it.
pub const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(93, 184, 215, 14));

/// The network. Clones are the same one.
///
/// A name nobody told of leads to loopback, as an attacker's would; an address without a double refuses, unless it is of
/// this machine, where a canary may listen.
#[derive(Clone, Default)]
pub struct Network(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: BTreeMap<String, VecDeque<Vec<IpAddr>>>,
    doubles: BTreeMap<IpAddr, SocketAddr>,
    asked: Vec<String>,
    wanted: Vec<SocketAddr>,
    next: u8,
}

impl Network {
    /// A double stands in for a public address from now on.
    pub fn stand_in(&self, public: IpAddr, double: SocketAddr) {
        self.state().doubles.insert(public, double);
    }

    /// A name leads to a double, by a public address of its own.
    pub fn place(&self, name: &str, double: SocketAddr) {
        let mut state = self.state();
        state.next += 1;
        let public = IpAddr::V4(Ipv4Addr::new(93, 184, 214, state.next));
        state.doubles.insert(public, double);
        state.answers.insert(name.to_owned(), VecDeque::from([vec![public]]));
    }

    /// What a name's answers are, one question after the other; the last one stays.
    pub fn answer(&self, name: &str, answers: impl IntoIterator<Item = Vec<IpAddr>>) {
        self.state().answers.insert(name.to_owned(), answers.into_iter().collect());
    }

    /// Every name asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// Every address the host wanted to connect to so far.
    pub fn wanted(&self) -> Vec<SocketAddr> {
        self.state().wanted.clone()
    }

    /// Those for which no double stands in: what must stay empty.
    pub fn strayed(&self) -> Vec<SocketAddr> {
        let state = self.state();
        state.wanted.iter().filter(|wanted| !state.doubles.contains_key(&wanted.ip())).copied().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Resolver for Network {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let mut state = self.state();
        state.asked.push(host.to_owned());
        let answer = match state.answers.get_mut(host) {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().cloned(),
            None => Some(vec![Ipv4Addr::LOCALHOST.into()]),
        };
        Ok(answer.unwrap_or_default())
    }

    async fn connect(&self, judged: &[SocketAddr]) -> io::Result<TcpStream> {
        let place = {
            let mut state = self.state();
            state.wanted.extend(judged);
            let of_machine = |address: &SocketAddr| {
                let ip = address.ip().to_canonical();
                (ip.is_loopback() || ip.is_unspecified()).then_some(*address)
            };
            judged.iter().find_map(|address| state.doubles.get(&address.ip()).copied().or_else(|| of_machine(address)))
        };
        TcpStream::connect(place.ok_or(io::ErrorKind::ConnectionRefused)?).await
    }
}
