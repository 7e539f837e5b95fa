//! Connections to a server on this machine: which are kept, and for how long.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::net::IpAddr;

use async_trait::async_trait;
use futures::future::{join_all, pending};
use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{
        Semaphore,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    time::timeout,
};

use super::*;

/// What a server sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Opened,
    Asked,
    Closed,
}

/// A server that answers each request when it is let.
struct Server {
    origin: Origin,
    seen: UnboundedReceiver<Seen>,
    answers: Arc<Semaphore>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (tell, seen) = unbounded_channel();
        let answers = Arc::new(Semaphore::new(0));
        let let_go = Arc::clone(&answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, tell.clone(), Arc::clone(&let_go)));
            }
        });
        Self { origin, seen, answers }
    }

    /// Waits until it has seen this so many times; what else it saw meanwhile.
    async fn until(&mut self, awaited: Seen, times: usize) -> Vec<Seen> {
        let (mut left, mut others) = (times, Vec::new());
        while left > 0 {
            let seen = timeout(Duration::from_mins(1), self.seen.recv()).await.unwrap().unwrap();
            if seen == awaited { left -= 1 } else { others.push(seen) }
        }
        others
    }

    /// So many requests of a tenant at once, each answered when all have arrived; what else it saw until then.
    async fn asked(&mut self, outbound: &Outbound, tenant: u128, times: usize) -> Vec<Seen> {
        let origin = self.origin.clone();
        let all = join_all((0..times).map(|_| outbound.send(request(&origin, tenant))));
        let answers = Arc::clone(&self.answers);
        let arrived = async {
            let others = self.until(Seen::Asked, times).await;
            answers.add_permits(times);
            others
        };
        let (answered, others) = tokio::join!(all, arrived);
        assert!(answered.iter().all(Result::is_ok), "{answered:?}");
        others
    }
}

async fn serve(mut stream: TcpStream, tell: UnboundedSender<Seen>, answers: Arc<Semaphore>) {
    tell.send(Seen::Opened).unwrap();
    let mut read = [0; 4096];
    // Each request is short enough to arrive whole.
    while stream.read(&mut read).await.is_ok_and(|count| count > 0) {
        tell.send(Seen::Asked).unwrap();
        answers.acquire().await.unwrap().forget();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }
    // The test may be over.
    let _over = tell.send(Seen::Closed);
}

fn request(origin: &Origin, tenant: u128) -> Asked {
    Asked {
        request: http::Request::get(format!("{origin}/")).body(Vec::new()).unwrap(),
        origin: origin.clone(),
        connector: "one".to_owned(),
        tenant: Some(TenantId::new(Timestamp::UNIX_EPOCH, tenant)),
        max_response_bytes: 1024,
        timeout: Duration::from_mins(1),
    }
}

fn outbound(resolver: Arc<dyn Resolver>, patience: Duration, keeping: Keeping) -> Outbound {
    let egress = EgressSettings { allow_loopback: true, ..EgressSettings::default() };
    Outbound::new(Arc::new(egress), resolver, tls_config(None).unwrap(), patience, keeping)
}

fn keeping(keeping: Keeping) -> Outbound {
    outbound(Arc::new(SystemResolver), Duration::from_mins(1), keeping)
}

#[tokio::test]
async fn a_connection_that_lies_idle_is_closed() {
    let mut server = Server::start().await;
    let outbound = keeping(Keeping { idle: Duration::from_millis(1), ..Keeping::of(8) });
    server.asked(&outbound, 1, 1).await;
    server.until(Seen::Closed, 1).await;
    // Until here, or its connections would end with it.
    drop(outbound);
}

#[tokio::test]
async fn of_one_host_few_connections_lie_idle() {
    let mut server = Server::start().await;
    let outbound = keeping(Keeping { a_host: 2, ..Keeping::of(64) });
    assert_eq!(server.asked(&outbound, 1, 5).await, [Seen::Opened; 5]);
    assert_eq!(server.until(Seen::Closed, 3).await, []);
    assert_eq!(server.asked(&outbound, 1, 2).await, [], "two were kept");
}

#[tokio::test]
async fn connections_that_are_kept_are_bounded_in_all_and_every_tenant_has_some() {
    let (mut one, mut other) = (Server::start().await, Server::start().await);
    let outbound = keeping(Keeping::of(4));
    assert_eq!(one.asked(&outbound, 1, 5).await, [Seen::Opened; 5], "nobody waits for a place");
    assert_eq!(one.until(Seen::Closed, 3).await, []);
    assert_eq!(other.asked(&outbound, 2, 2).await, [Seen::Opened; 2]);
    assert_eq!(other.until(Seen::Closed, 1).await, []);
    assert_eq!(other.asked(&outbound, 2, 1).await, []);
    assert_eq!(one.asked(&outbound, 1, 2).await, []);
}

/// Names whose servers are silent.
struct Silent(UnboundedSender<String>);

#[async_trait]
impl Resolver for Silent {
    async fn addresses(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        self.0.send(host.to_owned()).unwrap();
        pending().await
    }
}

#[tokio::test]
async fn who_waits_for_a_name_in_vain_has_sent_nothing_and_it_is_looked_up_once() {
    let (tell, mut told) = unbounded_channel();
    let outbound = outbound(Arc::new(Silent(tell)), Duration::from_millis(1), Keeping::of(8));
    let origin: Origin = "https://silent.example.com".parse().unwrap();
    for tenant in 0..3 {
        let sent = outbound.send(request(&origin, tenant)).await;
        assert!(matches!(sent, Err(SendError::Unreachable { .. })), "{sent:?}");
        let sent = outbound.send_once(request(&origin, tenant)).await;
        assert!(matches!(sent, Err(SendError::Unreachable { .. })), "{sent:?}");
    }
    assert_eq!(told.recv().await.unwrap(), "silent.example.com");
    assert!(told.try_recv().is_err());
}
