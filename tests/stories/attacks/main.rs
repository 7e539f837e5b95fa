//! Attacks from outside: addresses that lead inside, links that connect the wrong person, and providers that lie.
