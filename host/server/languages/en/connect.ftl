# Connecting a service: picking it, what will be allowed, the form, the way back, and what can go wrong.

# The picker.
connect-pick-title = Connect a service
connect-pick-lead = { $tenant } asks you for a connection.
connect-pick-had = Use one you already have
connect-pick-new = Make a new one
connect-pick-use = Use this
connect-pick-use-named = Use this: { $name }
connect-pick-search = Search services
connect-pick-search-button = Search
connect-pick-found = { $n ->
    [one] One service
   *[other] { $n } services
}
connect-pick-none = No service here matches that. Try another word.
connect-pick-empty = No service can be connected here yet. Tell { $tenant }.
connect-pick-categories = Kinds of service
connect-pick-all = All
connect-pick-another = Choose another service
connect-pick-taken = This connection cannot be used here
connect-pick-taken-why = It was deleted, stopped working, or belongs to somebody else. Nothing was changed.

category-communication = Communication
category-crm = Customers
category-developer = Developers
category-email = E-mail
category-files = Files
category-identity = Identity
category-marketing = Marketing
category-productivity = Productivity
category-social = Social media

# The page of one service.
connect-title = Connect { $provider }
connect-title-again = Reconnect { $provider }
connect-default-name = My { $provider } connection
connect-renews = This renews { $name }.
connect-renews-account = This renews { $name }, connected as { $account }. Use the same account at { $provider }.
connect-opened-by = This page was opened for you by { $tenant }. Do not pass its address on.
connect-how = How to connect
connect-read-more = Read more at { $host }
connect-go-on = Continue to { $provider }
connect-submit = Connect
connect-name = Name of this connection
connect-name-help = So that you recognise it later. You can change it.
connect-name-empty = Give the connection a name.
connect-name-long = A connection's name has at most 120 characters.
connect-name-line = A connection's name is one line of plain text.
connect-optional = optional
connect-only-where = Only where { $field } is { $values }.
connect-or = { " " }or{ " " }
connect-example = For example
connect-where-secret-goes = What you enter as a secret is sent to this address and to no other: make sure it is the right one.
connect-choose = Choose…
connect-advanced = Show advanced settings
connect-look-again = Please look at this again:

# What is wrong with a field.
connect-field-needed = { $field } is needed.
connect-field-long = { $field } is too long.
connect-field-line = { $field } must be one line.
connect-field-form = { $field } does not have the expected form.
connect-field-form-example = { $field } does not have the expected form. For example: { $example }
connect-field-number = { $field } must be a whole number.
connect-field-switch = { $field } must be on or off.
connect-field-email = { $field } must be an e-mail address.
connect-field-host-label = { $field } may have letters, digits and hyphens only.
connect-field-choice = { $field } must be one of the choices.
connect-field-url = { $field } must be a whole https address, for example https://api.example.com
connect-field-address = { $field } is an address that nothing may be sent to from here.
connect-field-colon = { $field } must not hold a colon: servers take what follows it for the password.
connect-field-unknown = Something was sent that this page does not ask for.
connect-field-place = { $field } does not have the form that says where it belongs.

# What will be allowed.
rights-will-do = What { $tenant } will be able to do
rights-asked = What { $provider } will be asked to allow
rights-needed-for = Needed to: { $actions }
rights-includes = This also includes: { $rights }.
rights-token-all = { $tenant } cannot narrow what a token allows: this connection can do whatever the token may do at { $provider }. Use one that may do no more than is needed.
rights-password-all = { $tenant } cannot narrow what a password allows: this connection can do whatever that name may do at { $provider }. Use one that may do no more than is needed.
rights-provider-all = { $provider } cannot be asked for less than all it offers; its own page says what that is.
rights-machine = What is allowed depends on how { $tenant } is registered at { $provider }.

# The way back.
connect-back = Back to { $tenant }
connect-back-heading = Nearly done
connect-back-why = { $tenant } finishes the connection. You can close this window.

# Refusals: what happened and what to do.
connect-link-unknown = We do not know this link
connect-link-unknown-why = It may have been cut off on its way. Nothing was changed.
connect-link-expired = This link has expired
connect-link-expired-why = Such links work for half an hour. Nothing was changed.
connect-link-ended = This link is finished
connect-link-ended-why = It was used before, and ended without a connection. Nothing more was changed.
connect-link-gone = This connection was deleted
connect-link-gone-why = The link was made to renew it. Nothing was changed.
connect-link-used = This link was used
connect-link-used-why = The connection it was made for is there. Nothing more was changed.
connect-link-used-advice = You can close this page and go back to the application you came from.
connect-connections = Your connections
connect-go-back = Go back to the application you came from and start again there.
connect-off = This cannot be connected now
connect-off-why = The service is switched off here at the moment. Nothing was changed.
connect-off-advice = Try again later, or tell the people who run the application you came from.
connect-not-ready = { $provider } is not set up yet
connect-not-ready-why = { $tenant } has not been registered at { $provider }. Nothing was changed.
connect-not-ready-advice = Tell { $tenant }, then open this link again.
connect-foreign = That form did not come from this page
connect-foreign-why = Another page sent it, so it was not taken. Nothing was changed.
connect-foreign-advice = Open the link you were given again, and fill in the form there.
connect-too-much-advice = Go back one page and enter less.
connect-no-web = { $provider } is set up with an address that is none of the web's. Nothing was changed.
connect-tell = Tell { $tenant } about it.
connect-too-many = You have begun this many times in a short while, so nothing was begun now. Wait a minute, then try again.
connect-unknown-method = This service offers no such way to connect: choose another.
connect-unreachable = { $provider } did not answer as expected, so nothing was changed. Check what you entered and try again in a minute; if it stays, tell { $tenant }.
connect-wrong-set-up = { $provider } is not set up rightly here, so nothing was changed. Tell { $tenant }.
connect-nothing-pending = Nothing is waiting for this answer
connect-nothing-pending-why = It was used before, took too long, or was never asked for from here. Nothing was changed.
connect-wrong-place = This answer came to the wrong place
connect-wrong-place-why = It belongs to another request than the one it arrived for, so it was refused. Nothing was changed.
connect-other-browser = This answer came in another browser
connect-other-browser-why = A connection is finished in the browser it was started in, so this was refused. Nothing was changed.
connect-other-browser-advice = Go back to the application you came from and start again, in one browser and with cookies allowed.
connect-answer-refused = The answer could not be accepted
connect-answer-refused-why = What came back is not what was asked for, so it was refused. Nothing was changed.
