# What every page has.
page-title = { $title } · { $brand }
page-skip = Skip to the content
page-main-menu = Main menu
page-connections = Connections
page-new = Connect a service
page-administration = Administration
page-signed-in-as = Signed in as { $name }
page-sign-out = Sign out
page-support = Help
page-terms = Terms
page-privacy = Privacy
page-imprint = Imprint
page-language = Language
page-language-change = Change
page-neutral = Connections
page-go-on = Continue to { $place }
page-being-taken = You are being taken to { $host }.

# How a connection stands.
status-pending = Not finished
status-active = Works
status-expiring = Ends soon
status-uncertain = Uncertain
status-needs-reauthorization = Needs your consent again
status-failing = Does not work
status-revoked = Ended

# How long ago, and how long until.
when-never = never
when-now = just now
when-minutes-ago = { $n ->
    [one] a minute ago
   *[other] { $n } minutes ago
}
when-hours-ago = { $n ->
    [one] an hour ago
   *[other] { $n } hours ago
}
when-days-ago = { $n ->
    [one] yesterday
   *[other] { $n } days ago
}
when-in-minutes = { $n ->
    [one] in a minute
   *[other] in { $n } minutes
}
when-in-hours = { $n ->
    [one] in an hour
   *[other] in { $n } hours
}
when-in-days = { $n ->
    [one] tomorrow
   *[other] in { $n } days
}

# Signing in.
sign-in-title = Sign in
sign-in-why = This page belongs to you alone, so it has to know who you are.
sign-in-through = Sign in through { $name }
sign-in-from-application = Open this page from the application you use: it signs you in.
sign-in-with-provider = Sign in with your organisation
sign-in-confirm-title = Is this you?
sign-in-confirm = You are about to be signed in as { $name }. Go on only if that is you.
sign-in-confirm-button = Yes, continue as { $name }
sign-in-link-over = This sign-in link is no longer good
sign-in-link-over-why = Such a link works once and for a few minutes. Nothing was changed.
sign-in-again = Sign in again
sign-in-other-browser = This sign-in began in another browser
sign-in-other-browser-why = A sign-in is finished in the browser it was started in. Nothing was changed.
sign-in-lost = This sign-in cannot be finished
sign-in-lost-why = It began in another browser, took longer than ten minutes, or the browser kept no cookie. Nothing was changed.
sign-in-refused = You were not signed in
sign-in-refused-why = Your organisation did not confirm who you are, or what it answered could not be believed. Nothing was changed.
sign-in-nobody = You have no access here
sign-in-nobody-why = Your organisation knows you, and nothing it says of you gives you access to this place. Ask whoever looks after it.
sign-in-several = Where do you want to sign in?
sign-in-several-why = You belong to several places here. Open the address of the one you mean and sign in there.
sign-in-unavailable = Signing in does not work right now
sign-in-unavailable-why = Your organisation’s sign-in did not answer as expected. Nothing was changed. Try again in a minute.
sign-in-cookies = Your browser did not keep the sign-in
sign-in-cookies-why = This page needs one cookie of its own to know you. Allow cookies for this address, then sign in again.
sign-out-done = You are signed out
sign-out-done-why = You can close this page.

# Refusals that any page can have.
refusal-nothing-here = There is nothing here
refusal-nothing-here-why = There is nothing at this address, or it is not yours to see.
refusal-nothing-here-advice = Go back one page, or start again from the beginning.
refusal-failed = That did not work
refusal-failed-why = Something went wrong on our side.
refusal-failed-advice = Nothing was lost. Try again in a minute.
refusal-again-advice = Go back one page and try again.
refusal-not-yours = This is not yours to see
refusal-not-yours-why = Your sign-in does not reach here. Nothing was changed.
refusal-foreign-form = That form did not come from this page
refusal-foreign-form-why = Another page sent it, or it was open so long that you were signed out. Nothing was changed.
refusal-back = Back
refusal-start = Start again
refusal-too-much = That was too much
refusal-too-much-why = What you entered is larger than this page takes. Nothing was changed.
refusal-too-often = That was very often
refusal-too-often-why = You have done this many times in a short while, so nothing was changed now. Wait a minute, then try again.
