//! Look-ups that wait for a gate: who shares one, whom it holds up, and when its place is free again.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::net::Ipv4Addr;

use async_trait::async_trait;
use futures::{future::join_all, poll};
use jiff::Timestamp;
use tokio::sync::{
    Semaphore,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::*;

/// A resolver whose answers wait for a gate, but for names that begin with `fast`.
struct Gated {
    begun: UnboundedSender<String>,
    gate: Arc<Semaphore>,
}

#[async_trait]
impl Resolver for Gated {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.begun.send(host.to_owned()).unwrap();
        if !host.starts_with("fast") {
            self.gate.acquire().await.unwrap().forget();
        }
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }
}

struct Scene {
    lookups: Lookups,
    begun: UnboundedReceiver<String>,
    gate: Arc<Semaphore>,
}

impl Scene {
    fn set() -> Self {
        let ((tell, begun), gate) = (unbounded_channel(), Arc::new(Semaphore::new(0)));
        let resolver = Gated { begun: tell, gate: Arc::clone(&gate) };
        Self { lookups: Lookups::new(Arc::new(resolver)), begun, gate }
    }

    /// Waits until so many more have begun.
    async fn begun(&mut self, count: usize) {
        for _ in 0..count {
            self.begun.recv().await.unwrap();
        }
        assert!(self.begun.try_recv().is_err());
    }

    /// Whether nothing is under way any more.
    fn is_over(&self) -> bool {
        self.lookups.running().is_empty() && self.lookups.places.are_free()
    }
}

fn of(tenant: u128, host: &str) -> Judged {
    super::super::judged(
        "one",
        TenantId::new(Timestamp::UNIX_EPOCH, tenant),
        format!("https://{host}").parse().unwrap(),
    )
}

/// Names in domains of their own.
fn domains(tenant: u128, count: usize) -> Vec<Judged> {
    (0..count).map(|number| of(tenant, &format!("slow.of-{tenant}-{number}.com"))).collect()
}

#[tokio::test]
async fn a_name_that_a_hundred_ask_for_is_looked_up_once() {
    let mut scene = Scene::set();
    let (one, other) = (of(1, "slow.example.com"), of(2, "slow.example.com"));
    let lookups = scene.lookups.clone();
    let mut all = join_all((0..100).map(|number| lookups.addresses(if number % 2 == 0 { &one } else { &other })));
    assert!(poll!(&mut all).is_pending());
    scene.begun(1).await;
    scene.gate.add_permits(1);
    assert!(all.await.iter().all(|found| found.as_ref().is_ok_and(|found| found.len() == 1)));
    scene.begun(0).await;
    assert!(scene.is_over(), "and is looked up anew by who comes later");
}

#[tokio::test]
async fn a_silent_domain_holds_up_neither_another_nor_another_tenant() {
    let mut scene = Scene::set();
    let lookups = scene.lookups.clone();
    let names: Vec<_> = (0..20).map(|number| of(1, &format!("slow-{number}.example.com"))).collect();
    let mut all = join_all(names.iter().map(|name| lookups.addresses(name)));
    assert!(poll!(&mut all).is_pending());
    scene.begun(A_DOMAIN).await;
    lookups.addresses(&of(1, "fast.example.org")).await.unwrap();
    lookups.addresses(&of(2, "fast.example.com")).await.unwrap();
    scene.begun(2).await;
    scene.gate.add_permits(20);
    assert!(all.await.iter().all(Result::is_ok), "each has its turn");
    assert!(scene.is_over());
}

#[tokio::test]
async fn a_tenant_whose_names_are_all_silent_holds_up_no_other() {
    let mut scene = Scene::set();
    let lookups = scene.lookups.clone();
    let (names, more) = (domains(1, 100), domains(2, 100));
    let mut all = join_all(names.iter().map(|name| lookups.addresses(name)));
    assert!(poll!(&mut all).is_pending());
    scene.begun(AT_ALL / 2).await;
    let mut others = join_all(more.iter().map(|name| lookups.addresses(name)));
    assert!(poll!(&mut others).is_pending());
    scene.begun(AT_ALL / 4).await;
    lookups.addresses(&of(3, "fast.example.com")).await.unwrap();
    scene.begun(1).await;
}

#[tokio::test]
async fn who_hangs_up_frees_nothing_early_and_everything_in_the_end() {
    let mut scene = Scene::set();
    let lookups = scene.lookups.clone();
    let names: Vec<_> = (0..5).map(|number| of(1, &format!("slow-{number}.example.com"))).collect();
    {
        let mut all = join_all(names.iter().map(|name| lookups.addresses(name)));
        assert!(poll!(&mut all).is_pending());
        scene.begun(A_DOMAIN).await;
    }
    let next = of(1, "fast.example.com");
    let mut late = Box::pin(lookups.addresses(&next));
    assert!(poll!(&mut late).is_pending(), "those under way still count");
    let mut again = join_all(names.iter().take(A_DOMAIN).map(|name| lookups.addresses(name)));
    assert!(poll!(&mut again).is_pending());
    scene.begun(0).await;
    scene.gate.add_permits(A_DOMAIN);
    assert!(again.await.iter().all(Result::is_ok));
    late.await.unwrap();
    scene.begun(1).await;
    assert!(scene.is_over(), "and who hung up while waiting for a place asked nothing");
}
