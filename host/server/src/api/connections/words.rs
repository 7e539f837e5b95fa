//! What the description says about each operation on connections.

use crate::api::describe::About;

pub(super) fn list() -> About {
    About::new(
        "listConnections",
        "List connections",
        "The tenant's connections, page by page: `next` of one page is the `cursor` of the following.",
    )
}

pub(super) fn create() -> About {
    About::new(
        "createConnection",
        "Make a connection directly",
        "For methods that need no person: an API token, client credentials. It is verified before it is answered. Methods with \
         consent go through a connect session.",
    )
}

pub(super) fn show() -> About {
    About::new("getConnection", "Read a connection", "One connection, without its credential.")
}

pub(super) fn rename() -> About {
    About::new("renameConnection", "Rename a connection", "Changes what people call it.")
}

pub(super) fn remove() -> About {
    About::new(
        "deleteConnection",
        "Delete a connection",
        "Revokes the credential at the provider where that can be done, removes it here in any case, and says how it went.",
    )
}

pub(super) fn verify() -> About {
    About::new(
        "verifyConnection",
        "Verify a connection",
        "Asks the provider whether the credential works, and whose it is. What the provider says is in `verification` and \
         `failure`: a credential that does not work is an answer, not a refusal.",
    )
}

pub(super) fn refresh() -> About {
    About::new(
        "refreshConnection",
        "Refresh a connection",
        "Gets new tokens without a person, now. The host does so by itself before tokens end.",
    )
}

pub(super) fn reauthorize() -> About {
    About::new(
        "reauthorizeConnection",
        "Ask for a link to consent again",
        "The connection keeps its id. Finish the connect session as any other; another account than the connection's is \
         refused.",
    )
}

pub(super) fn permissions() -> About {
    About::new(
        "getConnectionPermissions",
        "Read a connection's permissions",
        "What was asked for, granted and missing, in words, and which action needs what.",
    )
}

pub(super) fn timeline() -> About {
    About::new("getConnectionTimeline", "Read a connection's timeline", "What happened to it, and who caused it.")
}
