# Was jede Seite hat.
page-title = { $title } · { $brand }
page-skip = Zum Inhalt springen
page-main-menu = Hauptmenü
page-connections = Verbindungen
page-new = Dienst verbinden
page-administration = Verwaltung
page-signed-in-as = Angemeldet als { $name }
page-sign-out = Abmelden
page-support = Hilfe
page-terms = Nutzungsbedingungen
page-privacy = Datenschutz
page-imprint = Impressum
page-language = Sprache
page-language-change = Wechseln
page-neutral = Verbindungen
page-go-on = Weiter zu { $place }
page-being-taken = Sie werden zu { $host } weitergeleitet.

# Wie es um eine Verbindung steht.
status-pending = Nicht abgeschlossen
status-active = Funktioniert
status-expiring = Endet bald
status-uncertain = Ungewiss
status-needs-reauthorization = Braucht erneut Ihre Zustimmung
status-failing = Funktioniert nicht
status-revoked = Beendet

# Vor wie langer Zeit, in wie langer Zeit.
when-never = noch nie
when-now = gerade eben
when-minutes-ago = { $n ->
    [one] vor einer Minute
   *[other] vor { $n } Minuten
}
when-hours-ago = { $n ->
    [one] vor einer Stunde
   *[other] vor { $n } Stunden
}
when-days-ago = { $n ->
    [one] gestern
   *[other] vor { $n } Tagen
}
when-in-minutes = { $n ->
    [one] in einer Minute
   *[other] in { $n } Minuten
}
when-in-hours = { $n ->
    [one] in einer Stunde
   *[other] in { $n } Stunden
}
when-in-days = { $n ->
    [one] morgen
   *[other] in { $n } Tagen
}

# Anmelden.
sign-in-title = Anmelden
sign-in-why = Diese Seite gehört nur Ihnen. Deshalb muss sie wissen, wer Sie sind.
sign-in-through = Über { $name } anmelden
sign-in-from-application = Öffnen Sie diese Seite aus der Anwendung, die Sie nutzen: Sie meldet Sie an.
sign-in-with-provider = Mit Ihrer Organisation anmelden
sign-in-confirm-title = Sind Sie das?
sign-in-confirm = Sie werden als { $name } angemeldet. Fahren Sie nur fort, wenn Sie das sind.
sign-in-confirm-button = Ja, als { $name } fortfahren
sign-in-link-over = Dieser Anmeldelink gilt nicht mehr
sign-in-link-over-why = Ein solcher Link gilt einmal und nur wenige Minuten. Es wurde nichts geändert.
sign-in-again = Erneut anmelden
sign-in-other-browser = Diese Anmeldung begann in einem anderen Browser
sign-in-other-browser-why = Eine Anmeldung wird in dem Browser beendet, in dem sie begonnen hat. Es wurde nichts geändert.
sign-in-lost = Diese Anmeldung lässt sich nicht abschließen
sign-in-lost-why = Sie begann in einem anderen Browser, dauerte länger als zehn Minuten, oder der Browser behielt kein Cookie. Es wurde nichts geändert.
sign-in-refused = Sie wurden nicht angemeldet
sign-in-refused-why = Ihre Organisation hat nicht bestätigt, wer Sie sind, oder ihrer Antwort war nicht zu trauen. Es wurde nichts geändert.
sign-in-nobody = Sie haben hier keinen Zugang
sign-in-nobody-why = Ihre Organisation kennt Sie, aber nichts davon gibt Ihnen hier Zugang. Fragen Sie, wer diesen Ort betreut.
sign-in-several = Wo möchten Sie sich anmelden?
sign-in-several-why = Sie gehören hier zu mehreren Orten. Öffnen Sie die Adresse dessen, den Sie meinen, und melden Sie sich dort an.
sign-in-unavailable = Die Anmeldung geht gerade nicht
sign-in-unavailable-why = Die Anmeldung Ihrer Organisation hat nicht wie erwartet geantwortet. Es wurde nichts geändert. Versuchen Sie es in einer Minute erneut.
sign-in-cookies = Ihr Browser hat die Anmeldung nicht behalten
sign-in-cookies-why = Diese Seite braucht ein eigenes Cookie, um Sie zu erkennen. Erlauben Sie Cookies für diese Adresse und melden Sie sich erneut an.
sign-out-done = Sie sind abgemeldet
sign-out-done-why = Sie können diese Seite schließen.

# Ablehnungen, die jede Seite haben kann.
refusal-nothing-here = Hier ist nichts
refusal-nothing-here-why = Unter dieser Adresse ist nichts, oder es ist nicht für Sie bestimmt.
refusal-nothing-here-advice = Gehen Sie eine Seite zurück oder beginnen Sie von vorn.
refusal-failed = Das hat nicht geklappt
refusal-failed-why = Bei uns ging etwas schief.
refusal-failed-advice = Es ging nichts verloren. Versuchen Sie es in einer Minute erneut.
refusal-again-advice = Gehen Sie eine Seite zurück und versuchen Sie es erneut.
refusal-not-yours = Das ist nicht für Sie bestimmt
refusal-not-yours-why = Ihre Anmeldung reicht nicht bis hierher. Es wurde nichts geändert.
refusal-foreign-form = Dieses Formular kam nicht von dieser Seite
refusal-foreign-form-why = Eine andere Seite hat es geschickt, oder es war so lange offen, dass Sie abgemeldet wurden. Es wurde nichts geändert.
refusal-back = Zurück
refusal-start = Von vorn beginnen
refusal-too-much = Das war zu viel
refusal-too-much-why = Ihre Eingabe ist größer, als diese Seite annimmt. Es wurde nichts geändert.
refusal-too-often = Das war sehr oft
refusal-too-often-why = Sie haben das in kurzer Zeit sehr oft getan, deshalb wurde jetzt nichts geändert. Warten Sie eine Minute und versuchen Sie es erneut.
