//! scratch
use std::sync::Arc;
use jackfield_runtime::*;
struct None_;
#[async_trait::async_trait]
impl Sender for None_ { async fn send(&self, o: Outbound) -> Result<http::Response<Vec<u8>>, SendError> { println!("SENT {o:?}"); Err(SendError::Timeout) } }
#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap().parent().unwrap().join("compile_worker");
    let s = RuntimeSettings { cache_dir: dir.path().into(), cache_key: CacheKey::new([1;32]), compiler: Compiler{program, args: vec![]}, limits: Limits::default(), pool: PoolSettings::default(), breaker: BreakerSettings::default(), egress: EgressSettings::default(), random: Arc::new(|b: &mut [u8]| b.fill(1)) };
    let t = std::time::Instant::now();
    let rt = Runtime::start(s, Arc::new(None_)).unwrap();
    println!("start {:?} {:?}", t.elapsed(), rt.describe());
    for f in std::env::args().skip(1) {
        let b = std::fs::read(&f).unwrap();
        let t = std::time::Instant::now();
        let r = rt.prepare(&b).await;
        let name = f.rsplit('/').next().unwrap().to_owned();
        match r { Ok(p) => println!("== {name} {} {:?} ok {:?} hooks {:?} {:?}", p.size, t.elapsed(), p.class, p.hooks, p.manifest.name), Err(e) => println!("== {name} {:?} ERR {e}", t.elapsed()) }
    }
}
