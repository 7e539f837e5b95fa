# What those see who look after a tenant or the host.
admin-connectors = Connectors
admin-clients = Clients
admin-tenants = Tenants
admin-keys = API keys
admin-webhooks = Webhooks
admin-brand = Brand
admin-audit = Audit log

# What several of these pages say.
admin-copy = Copy
admin-copied = Copied
admin-optional = optional
admin-mend = Nothing was changed. Please look at this again:
admin-save = Save
admin-remove = Remove
admin-none = none
admin-open = Open { $host }
admin-no-tenant = There is no such tenant any more. Choose another.
admin-every-tenant = Every tenant
admin-unreadable = { $n ->
    [one] One record could not be read and is left out.
   *[other] { $n } records could not be read and are left out.
}
admin-column-service = Service
admin-column-version = Version
admin-column-state = State
admin-column-tenant = Tenant
admin-column-client-id = Client id
admin-column-made = Made
admin-connections-count = { $n ->
    [one] one connection
   *[other] { $n } connections
}

# What was done.
admin-done-connector-installed = It is installed. Nothing of it runs before you approve what it asks for.
admin-done-connector-approved = It is approved and can be used from now on.
admin-done-connector-upgraded = The new version is in use. Connections go on with it.
admin-done-connector-kept = The installed version stays as it was.
admin-done-connector-removed = The connector is removed.
admin-done-client-added = The client is registered here. Give the provider the redirect URI below.
admin-done-client-changed = The client is saved.
admin-done-client-accepted = The addresses the provider announces now are accepted at its next use.
admin-done-client-removed = The client is removed.
admin-done-tenant-made = The tenant is there.
admin-done-tenant-changed = The tenant is saved.
admin-done-tenant-removed = The tenant is removed, and with it its keys.
admin-done-key-removed = The key is removed and works no more.

# Connectors.
admin-connectors-lead = The services people can connect here. A connector does nothing before you have read what it asks for and approved it.
admin-connectors-none = No connector is installed yet. Install the first one below.
admin-connector-install = Install a connector
admin-connector-file = Component
admin-connector-file-help = A file that ends in .wasm. It is looked at in a sandbox; nothing of it runs yet.
admin-connector-install-button = Look at it
admin-connector-no-file = Choose a file first.
admin-connector-refused = This file was not installed: { $why }
admin-connector-approved = Approved
admin-connector-waits = Waits for approval
admin-connector-asks = What it asks for
admin-connector-waits-why = Nothing of it runs yet. Read what it asks for, then decide.
admin-connector-approved-by = Approved by { $by },
admin-connector-approve = Approve all of this
admin-connector-refuse = Refuse and remove it
admin-connector-changed = Another component was installed meanwhile. Read again what is asked for now.
admin-connector-report = Check report
admin-connector-report-why = What was found when the component was looked at: it holds to the contract in every point, or it would not be installed.
admin-connector-methods = { $n ->
    [one] One way to connect
   *[other] { $n } ways to connect
}
admin-connector-actions = { $n ->
    [one] One action
   *[other] { $n } actions
}
admin-connector-uses = Who uses it
admin-connector-unused = Nobody has connected through it yet.
admin-connector-used = { $connections ->
    [one] One connection
   *[other] { $connections } connections
} of { $tenants ->
    [one] one tenant
   *[other] { $tenants } tenants
}. Whose they are, only the tenants see.
admin-connector-removal = Remove it
admin-connector-removal-why = Its connections and clients have to be removed first, so that each grant is ended at the provider.
admin-connector-remove = Remove the connector
admin-connector-in-use = It was not removed: connections use it. Their tenants have to delete them first, so that each is revoked.
admin-connector-has-clients = It was not removed: clients are registered for it. Remove those first.
admin-connector-revoking = It was not removed: deleted connections are still being revoked at the provider. Try again when that is done, in a day at most.
admin-fact-name = Name
admin-fact-digest = SHA-256
admin-fact-size = Size
admin-fact-kilobytes = { $n } kB
admin-fact-class = Kind
admin-fact-hooks = Hooks
admin-fact-scopes = Scopes
admin-fact-actions = Actions
admin-fact-documentation = Provider’s documentation
admin-class-pure = Without ambient power: it imports nothing but the contract
admin-class-guest-runtime = Brings a language runtime, which is given nothing of the machine
admin-access-read = reads
admin-access-write = changes
admin-access-admin = manages

# What a connector asks for, by the rule it touches.
admin-asks-nothing = It asks for nothing.
admin-look-twice = Look twice
admin-asks-any-host = Hosts a person chooses
admin-asks-any-host-why = Whoever connects names the host that receives what they enter.
admin-asks-deviation = Weaker than the protocol asks
admin-asks-deviation-why = The provider, as the connector says, leaves no other way.
admin-asks-credential-origin = Receives credentials
admin-asks-credential-origin-why = People’s tokens and keys are sent to these places and to no other.
admin-asks-client-secret-origin = Receives your client secret
admin-asks-client-secret-origin-why = A hook of the connector may place it there; the connector itself never sees it.
admin-asks-endpoint = Addresses for consent and tokens
admin-asks-endpoint-why = People are sent there to consent, and codes and refresh tokens are exchanged there.
admin-asks-kept-value = Values it keeps
admin-asks-kept-value-why = Part of the provider’s answer is kept with the connection and shown on pages. It is no secret.
admin-asks-public-origin = Reached without a credential
admin-asks-public-origin-why = The connector may send requests there, without anybody’s credential.
admin-asks-other = Further
admin-asks-other-why = What belongs to none of the groups above.

# Another version of a connector.
admin-upgrade-title = Another version of { $name }
admin-upgrade-lead = Version { $from } is installed; this is { $to }. Nothing changes before you decide.
admin-upgrade-more = What it asks for that the installed version does not
admin-upgrade-nothing-more = Nothing: it asks for no more than what is approved.
admin-upgrade-less = What it no longer asks for
admin-upgrade-parts = What came and what went
admin-upgrade-facts = All that it declares otherwise
admin-upgrade-same = unchanged
admin-upgrade-approve = Approve and use this version
admin-upgrade-refuse = Keep the installed version
admin-upgrade-method-gone = It was not changed: connections were made by “{ $method }”, which this version no longer offers.

# Clients.
admin-clients-lead = A client is your registration at a provider. It lets people of every tenant, or of one, consent there.
admin-clients-lead-tenant = A client is your own registration at a provider. With it people consent under your name, and not under the operator’s.
admin-clients-none = No client is registered yet.
admin-client-new = Register at a provider
admin-client-choose = At which service?
admin-client-no-connector = No approved connector needs a client.
admin-client-new-at = A client at { $name }
admin-client-at = Client at { $name }
admin-client-for = For
admin-client-guide = How to register at { $name }
admin-client-id = Client id
admin-client-id-help = What the provider calls client id, application id or consumer key.
admin-client-secret = Client secret
admin-client-secret-help = It is kept sealed and never shown again.
admin-client-later = Most providers want the redirect URI before they give an id. Leave both empty then: the next page has it.
admin-client-add = Register
admin-client-id-fault = The client id is one line of plain text, as the provider shows it.
admin-client-in-use = Connections were made with this client. Its id stays until they are deleted; a new secret is taken at any time.
admin-client-awaited = Deleted connections of this client are still being revoked at the provider. It is needed until that is done.
admin-client-ready = Ready
admin-client-unfinished = Not finished
admin-client-refused = Refused by the provider
admin-client-redirect = Redirect URI
admin-client-redirect-help = Enter it at the provider exactly as it stands here.
admin-client-given = What the provider gave
admin-client-has-secret = A secret is kept. Leave the field empty to keep it, or enter a new one in its place.
admin-client-no-secret = No secret is kept yet.
admin-client-fault = The provider refuses this client ({ $code }), for some of its connections or for all. They wait and ask again every few minutes, and at once when you enter what it asks for. Since
admin-client-endpoints = Addresses of the provider
admin-client-endpoints-why = What the provider announced when the client was first used. Should it announce others, nothing is sent there before you accept them.
admin-client-accept = Accept what it announces now
admin-client-remove = Remove this client
admin-client-remove-why = Nobody can connect with it any more. Its connections have to be deleted first.

# Tenants.
admin-tenants-lead = A tenant owns connections. Nothing of one is seen by another, nor by you.
admin-tenants-none = There is no tenant yet.
admin-tenant-new = Make a tenant
admin-tenant-make = Make it
admin-tenant-name = Name
admin-tenant-name-help = What people know it by: their pages and mails carry it.
admin-tenant-name-fault = The name is one line of 1 to 120 characters.
admin-tenant-urls = Return addresses
admin-tenant-urls-help = Where people may be sent after connecting, one a line, as whole https addresses.
admin-tenant-url-fault = “{ $url }” is no return address: give a whole https address without anything after #.
admin-tenant-host = Host name
admin-tenant-host-help = The name its people see in the address bar, such as connect.acme.example: one that leads to this host. Empty: the host’s own.
admin-tenant-host-fault = This cannot be its host name: give one that leads to this host, such as connect.acme.example, and that no other tenant has.
admin-tenant-id = Id
admin-tenant-site = Its pages are at
admin-tenant-remove = Remove this tenant
admin-tenant-remove-why = Its keys end, and with them whatever a backup still holds of it. Its connections have to be deleted first.
admin-tenant-confirm = To remove it, type its name: { $name }
admin-tenant-confirm-fault = That is not its name. Nothing was removed.
admin-tenant-has-connections = It was not removed: it still has connections. They have to be deleted first, so that each is revoked.
admin-tenant-awaited = It was not removed: deleted connections are still being revoked at their provider, or a person's other account waits for a choice. Try again when that is done, in a few weeks at most.

# API keys.
admin-keys-lead = With a key an application speaks for its tenant, and a program for you.
admin-key-new = Make a key
admin-key-make = Make the key
admin-key-name = Name
admin-key-name-help = What you call it, such as the application that will hold it.
admin-key-name-fault = Give the key a name of 1 to 120 characters.
admin-key-for = Speaks for
admin-key-may = Allows
admin-key-operator = The operator
admin-key-no-permission = Tick at least one thing it allows.
admin-key-tenant-operates = A tenant’s key cannot run the host.
admin-key-made = The key “{ $name }” is made.
admin-key-once = Copy it now: it is shown this once.
admin-key-itself = Key
admin-key-remove-named = Remove the key { $name }
admin-permission-operate = Run the host
admin-permission-operate-why = connectors, clients, tenants, keys and backups
admin-permission-connect = Connect
admin-permission-connect-why = begin and finish connecting; change and delete connections
admin-permission-read = Read
admin-permission-read-why = look at connections and the audit log
admin-permission-proxy = Call providers
admin-permission-proxy-why = through the proxy, without seeing a credential
admin-permission-lease = Take credentials
admin-permission-lease-why = be handed tokens and keys themselves

# The audit log.
admin-audit-lead = Who did what, newest first.
admin-audit-lead-tenant = Who did what to what is yours, newest first.
admin-audit-none = Nothing of that kind happened.
admin-audit-at = When (UTC)
admin-audit-kind = What
admin-audit-by = Who
admin-audit-subject = To what
admin-audit-since = From
admin-audit-until = Until
admin-audit-filter = Show
admin-audit-all = Show everything
admin-audit-pages = Pages
admin-audit-older = Older
admin-audit-newest = Newest
admin-audit-from-the-top = That page is over a day old, so this begins again with the newest.
admin-kind-answer-dropped = Answer of a token endpoint dropped
admin-kind-api-key-created = API key made
admin-kind-api-key-removed = API key removed
admin-kind-backup-made = Backup made
admin-kind-client-accepted = Client accepted by the provider again
admin-kind-client-added = Client registered
admin-kind-client-changed = Client changed
admin-kind-client-refused = Client refused by the provider
admin-kind-client-removed = Client removed
admin-kind-connection-created = Connection made
admin-kind-connection-deleted = Connection deleted
admin-kind-connection-imported = Connection imported
admin-kind-connection-leased = Credential handed out
admin-kind-connection-reauthorized = Connection reauthorized
admin-kind-connections-exported = Connections exported
admin-kind-connections-imported = Connections imported
admin-kind-connector-approved = Connector approved
admin-kind-connector-installed = Connector installed
admin-kind-connector-removed = Connector removed
admin-kind-connector-upgraded = Connector upgraded
admin-kind-session-created = Connect session made
admin-kind-sign-in-offered = Sign-in link made
admin-kind-sign-in-used = Signed in
admin-kind-sign-in-ended = Signed out
admin-kind-tenant-created = Tenant made
admin-kind-tenant-changed = Tenant changed
admin-kind-tenant-removed = Tenant removed

# A tenant's brand.
admin-brand-lead = How your pages and mails look, and whose name they carry. What is left empty is neutral.
admin-brand-host = Your pages are at
admin-brand-host-help = The operator sets this address.
admin-brand-host-fault = The operator has to look at your host name first.
admin-brand-looks = Looks
admin-brand-name = Name
admin-brand-name-help = It stands at the top of every page and in every mail.
admin-brand-colours-accent = Colour on light ground
admin-brand-colours-accent-help = For buttons and links, written like #1f5fbf.
admin-brand-colours-accent-dark = Colour on dark ground
admin-brand-colours-accent-dark-help = For people who prefer dark pages, written like #7ab0ff.
admin-brand-pick = Pick a colour
admin-brand-contrast-good = reads well
admin-brand-contrast-bad = too faint: 4.5 : 1 is needed
admin-brand-contrast-fault = This colour has a contrast of { $ratio }, and 4.5 : 1 is needed to read it. The nearest of its hue that reads is { $nearest }.
admin-brand-colour-fault = This is no colour: write it like #1f5fbf.
admin-brand-preview = This is how it will look.
admin-brand-typeface = Letters
admin-brand-typeface-system = The reader’s own
admin-brand-typeface-rounded = Rounded
admin-brand-typeface-serif = With serifs
admin-brand-typeface-own = Your font file
admin-brand-typeface-fault = Upload your font file below first, then choose it here.
admin-brand-links = Help and small print
admin-brand-links-support = Help
admin-brand-links-support-help = A whole https address, or mailto: and a mail address.
admin-brand-links-support-fault = Give a whole https address, or a mail address as mailto:help@example.com.
admin-brand-links-terms = Terms of use
admin-brand-links-privacy = Privacy
admin-brand-links-imprint = Imprint
admin-brand-url-fault = Give a whole address that begins with https://.
admin-brand-mail = Mail and language
admin-brand-sender-name = Sender’s name
admin-brand-sender-name-fault = The sender’s name is one line of 1 to 120 characters.
admin-brand-sender-address = Sender’s address
admin-brand-sender-address-fault = This is no mail address: write it like connections@example.com.
admin-brand-languages = Languages
admin-brand-languages-help = None ticked: every language there is.
admin-brand-languages-fault = Choose among the languages there are, each once.
admin-brand-main-language = For who reads none of them
admin-brand-applications = Your applications
admin-brand-origins = Origins
admin-brand-origins-help = Where your applications are, one a line, like https://app.example.com. They may show the list of services inside their own page.
admin-brand-origins-fault = An origin is scheme, host and port and nothing behind them, like https://app.example.com; one a line.
admin-brand-sign-in-url = Sign-in page
admin-brand-sign-in-url-help = The page of your application where people sign in; it sends them back here.
admin-brand-files = Pictures and font
admin-brand-logo = Logo
admin-brand-logo-help = PNG, JPEG or WebP, at most 256 KiB. It stands beside your name.
admin-brand-logo-now = The logo as it is now
admin-brand-logo-remove = Take the logo away
admin-brand-favicon = Favicon
admin-brand-favicon-help = A square PNG, JPEG or WebP, for browser tabs.
admin-brand-favicon-now = The favicon as it is now
admin-brand-favicon-remove = Take the favicon away
admin-brand-font = Font
admin-brand-font-help = WOFF2, at most 512 KiB. Readers load it from here and from nowhere else.
admin-brand-font-now = A font is kept.
admin-brand-font-remove = Take the font away
admin-brand-file-keep = Upload
admin-brand-file-replace = Replace
admin-brand-no-file = Choose a file first.
admin-brand-file-large = The file is too large: at most { $n } KiB.
admin-brand-file-markup = This picture can run script, as SVG can. Give a PNG, JPEG or WebP file.
admin-brand-file-no-picture = This is no PNG, JPEG or WebP picture, whatever its name says.
admin-brand-file-damaged = The file is damaged or not whole. Export it again.
admin-brand-file-sides = The picture is { $width } by { $height } pixels; each side has 16 to { $longest }.
admin-brand-file-not-square = A favicon is square.
admin-brand-file-no-font = This is no WOFF2 font, whatever its name says.
admin-done-brand-saved = Saved. This page shows it already.
admin-done-brand-file-kept = The file is in use.
admin-done-brand-file-removed = The file is taken away.

# Webhooks.
admin-webhooks-lead = Your applications hear of every change of a connection, signed after Standard Webhooks.
admin-webhooks-none = No webhook is there yet.
admin-webhook-new = Add a webhook
admin-webhook-make = Add it
admin-webhook-title = Webhook
admin-webhook-url = Address
admin-webhook-url-help = The https address of your application that takes the messages.
admin-webhook-url-fault = This address cannot be used: give a whole https address that can be reached from the internet.
admin-webhook-too-many = There are as many webhooks as a tenant may have. Remove one first.
admin-webhook-events = What it hears of
admin-webhook-events-help = Nothing ticked: everything, and whatever is added later.
admin-webhook-everything = Everything
admin-webhook-secret = Signing secret
admin-webhook-made = The webhook is there.
admin-webhook-rotated = It has a new secret; the one before signs too for a day.
admin-webhook-once = Copy the secret now: it is shown this once.
admin-webhook-works = Works
admin-webhook-failing = Nothing arrives
admin-webhook-failing-why = Nothing arrives there; it is tried again and again. Since
admin-webhook-paused = Paused
admin-webhook-paused-asked = Nothing is sent there, as somebody asked. Since
admin-webhook-paused-failing = Nothing is sent there, because nothing arrived for three days. Mend it, then let it go on. Since
admin-webhook-paused-gone = Nothing is sent there, because it answered that it is gone. Since
admin-webhook-former = The secret before signs too, until
admin-webhook-test = Send a test
admin-webhook-rotate = New secret
admin-webhook-pause = Pause
admin-webhook-go-on = Let it go on
admin-webhook-settings = Settings
admin-webhook-remove = Remove this webhook
admin-webhook-remove-why = What waits for it is dropped.
admin-webhook-deliveries = Deliveries
admin-webhook-no-deliveries = Nothing was sent there yet.
admin-webhook-about = About
admin-webhook-last = Last answer
admin-webhook-took = in { $n } ms
admin-webhook-replay = Send again
admin-webhook-replay-waiting = It is on its way already and is tried again by itself.
admin-webhook-replay-paused = The webhook is paused: let it go on first.
admin-message-waiting = On its way
admin-message-sent = Arrived
admin-message-failed = Failed
admin-message-dropped = Not needed any more
admin-event-created = Connection made
admin-event-active = Works
admin-event-expiring = Ends soon
admin-event-uncertain = Uncertain
admin-event-failing = Does not work
admin-event-needs-reauthorization = Needs consent again
admin-event-reauthorized = Consented again
admin-event-account-replaced = Another account
admin-event-renamed = Renamed
admin-event-deleted = Deleted
admin-event-test = Test
admin-done-webhook-changed = The webhook is saved.
admin-done-webhook-tested = The test arrived.
admin-done-webhook-not-tested = The test did not arrive. What was answered is below.
admin-done-webhook-paused = The webhook is paused.
admin-done-webhook-goes-on = The webhook goes on. What it missed can be sent again below.
admin-done-webhook-removed = The webhook is removed.
admin-done-webhook-replayed = The message is on its way again.
admin-kind-webhook-created = Webhook made
admin-kind-webhook-changed = Webhook changed
admin-kind-webhook-removed = Webhook removed
admin-kind-webhook-tested = Webhook tested
admin-kind-webhook-paused = Webhook paused
admin-kind-webhook-secret-rotated = Webhook secret rotated
