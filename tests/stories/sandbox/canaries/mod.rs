//! Canaries: a secret of each kind through every flow, malformed ones included, and then everything that could hold one of
//! them is searched, in every way of writing. They are in the sealed record, in a lease and in nothing else.

mod broken;
mod flows;
mod process;

use jackfield_tests::host::Answer;
use jackfield_tests::suite::Suite;

use crate::leaks::Leaks;
use crate::scene::Scene;

/// Files beside the store in which a secret is because an operator keeps it there.
const KEPT_BY_THE_OPERATOR: [&str; 4] = ["data.operator-key", "data.keyring", "mail-password", "identity-secret"];

/// The secrets that are about, and everything that was heard of the host.
#[derive(Default)]
pub(crate) struct Canaries {
    secrets: Vec<(String, String)>,
    heard: Vec<(String, Vec<u8>)>,
}

impl Canaries {
    /// A secret that nothing may show from now on.
    pub(crate) fn plant(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= 12, "{name} is too short to be found");
        self.secrets.push((name.to_owned(), secret.to_owned()));
    }

    /// Something that left the host, or that lies beside it.
    pub(crate) fn hear(&mut self, place: &str, bytes: impl Into<Vec<u8>>) {
        self.heard.push((place.to_owned(), bytes.into()));
    }

    /// An answer of the API, with its headers.
    pub(crate) fn answered(&mut self, place: &str, answer: Answer) -> Answer {
        self.hear(place, format!("{:?}\n{}", answer.headers, String::from_utf8_lossy(&answer.body)));
        answer
    }

    /// Every place in which every secret was looked for; what is wrong there.
    fn searched(&self, suite: &mut Suite) {
        let leaks = Leaks::of(self.secrets.iter().map(|(name, secret)| (name.as_str(), secret.as_str())));
        for (place, bytes) in &self.heard {
            let found = leaks.within(bytes);
            suite.case(place.clone(), if found.is_empty() { Ok(()) } else { Err(format!("{found:?}")) });
        }
        let bytes: usize = self.heard.iter().map(|(_, bytes)| bytes.len()).sum();
        suite.figure("canaries", self.secrets.len());
        suite.figure("places", self.heard.len());
        suite.figure("bytes_searched", bytes);
    }

    /// What lies on disk, and what is said of it all in the log.
    fn hear_the_rest(&mut self, scene: &Scene) {
        self.hear("the log at its most talkative", scene.log.text());
        for (path, bytes) in files(scene.host.folder()) {
            if !KEPT_BY_THE_OPERATOR.iter().any(|kept| path.ends_with(kept)) {
                self.hear(&format!("the file {path}"), bytes);
            }
        }
        let services = [scene.provider.double(), scene.other.double(), scene.login.double()];
        let requests = services.iter().flat_map(|double| double.log().all());
        // A browser is sent to the authorization endpoint; what is in that address is between it and the provider.
        let urls: Vec<String> = requests
            .filter(|request| request.path != "/authorize")
            .map(|request| format!("{} {}{}?{}", request.method, request.host, request.path, request.query))
            .collect();
        self.hear("the addresses the host asked", urls.join("\n"));
    }
}

fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn lk_1_a_secret_is_in_its_sealed_record_and_in_a_lease_and_nowhere_else() {
    let mut suite = Suite::named("secret-canaries");
    let mut canaries = Canaries::default();
    let mut scene = Scene::with(|config| {
        config.limits.log_bytes = 1 << 20;
        config.limits.log_lines = 1000;
    })
    .await;
    flows::with_settings(&mut scene, &mut canaries).await;
    let id = flows::with_a_token(&scene, &mut canaries).await;
    flows::with_a_consent(&scene, &mut canaries).await;
    flows::with_a_password(&scene, &mut canaries).await;
    flows::with_webhooks_and_mail(&mut scene, &mut canaries).await;
    broken::token_answers(&scene, &mut canaries).await;
    broken::refreshes(&scene, &mut canaries).await;
    broken::requests(&scene, &mut canaries).await;
    flows::with_exports(&scene, &mut canaries, &id).await;
    flows::looked_at(&scene, &mut canaries, &id).await;
    flows::leased(&scene, &mut suite, &id).await;
    scene.host.stop().await.unwrap();
    canaries.hear_the_rest(&scene);
    canaries.searched(&mut suite);
    suite.finish();
}
