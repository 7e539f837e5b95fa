# Was die sehen, die einen Mandanten oder den Dienst betreuen.
admin-connectors = Konnektoren
admin-clients = Clients
admin-tenants = Mandanten
admin-keys = API-Schlüssel
admin-webhooks = Webhooks
admin-brand = Marke
admin-audit = Audit-Protokoll

# Was mehrere dieser Seiten sagen.
admin-copy = Kopieren
admin-copied = Kopiert
admin-optional = freiwillig
admin-mend = Es wurde nichts geändert. Bitte sehen Sie sich das noch einmal an:
admin-save = Speichern
admin-remove = Entfernen
admin-none = keine
admin-open = { $host } öffnen
admin-no-tenant = Diesen Mandanten gibt es nicht mehr. Wählen Sie einen anderen.
admin-every-tenant = Alle Mandanten
admin-unreadable = { $n ->
    [one] Ein Datensatz war nicht lesbar und fehlt hier.
   *[other] { $n } Datensätze waren nicht lesbar und fehlen hier.
}
admin-column-service = Dienst
admin-column-version = Version
admin-column-state = Stand
admin-column-tenant = Mandant
admin-column-client-id = Client-ID
admin-column-made = Angelegt
admin-connections-count = { $n ->
    [one] eine Verbindung
   *[other] { $n } Verbindungen
}

# Was getan wurde.
admin-done-connector-installed = Er ist installiert. Nichts davon läuft, bevor Sie freigeben, was er verlangt.
admin-done-connector-approved = Er ist freigegeben und ab jetzt nutzbar.
admin-done-connector-upgraded = Die neue Version ist im Einsatz. Verbindungen laufen mit ihr weiter.
admin-done-connector-kept = Die installierte Version bleibt, wie sie war.
admin-done-connector-removed = Der Konnektor ist entfernt.
admin-done-client-added = Der Client ist hier angelegt. Nennen Sie dem Anbieter die Redirect-URI unten.
admin-done-client-changed = Der Client ist gespeichert.
admin-done-client-accepted = Die Adressen, die der Anbieter jetzt nennt, gelten ab der nächsten Nutzung.
admin-done-client-removed = Der Client ist entfernt.
admin-done-tenant-made = Der Mandant ist angelegt.
admin-done-tenant-changed = Der Mandant ist gespeichert.
admin-done-tenant-removed = Der Mandant ist entfernt, und mit ihm seine Schlüssel.
admin-done-key-removed = Der Schlüssel ist entfernt und gilt nicht mehr.

# Konnektoren.
admin-connectors-lead = Die Dienste, die hier verbunden werden können. Ein Konnektor tut nichts, bevor Sie gelesen und freigegeben haben, was er verlangt.
admin-connectors-none = Noch ist kein Konnektor installiert. Installieren Sie unten den ersten.
admin-connector-install = Konnektor installieren
admin-connector-file = Komponente
admin-connector-file-help = Eine Datei, die auf .wasm endet. Sie wird in einer Sandbox untersucht; noch läuft nichts davon.
admin-connector-install-button = Untersuchen
admin-connector-no-file = Wählen Sie zuerst eine Datei.
admin-connector-refused = Diese Datei wurde nicht installiert: { $why }
admin-connector-approved = Freigegeben
admin-connector-waits = Wartet auf Freigabe
admin-connector-asks = Was er verlangt
admin-connector-waits-why = Noch läuft nichts davon. Lesen Sie, was er verlangt, und entscheiden Sie dann.
admin-connector-approved-by = Freigegeben von { $by },
admin-connector-approve = All das freigeben
admin-connector-refuse = Ablehnen und entfernen
admin-connector-changed = Inzwischen wurde eine andere Komponente installiert. Lesen Sie noch einmal, was jetzt verlangt wird.
admin-connector-report = Prüfbericht
admin-connector-report-why = Was bei der Untersuchung gefunden wurde: Die Komponente hält den Vertrag in jedem Punkt ein, sonst wäre sie nicht installiert.
admin-connector-methods = { $n ->
    [one] Ein Weg, sich zu verbinden
   *[other] { $n } Wege, sich zu verbinden
}
admin-connector-actions = { $n ->
    [one] Eine Aktion
   *[other] { $n } Aktionen
}
admin-connector-uses = Wer ihn nutzt
admin-connector-unused = Noch hat sich niemand über ihn verbunden.
admin-connector-used = { $connections ->
    [one] Eine Verbindung
   *[other] { $connections } Verbindungen
} von { $tenants ->
    [one] einem Mandanten
   *[other] { $tenants } Mandanten
}. Wem sie gehören, sehen nur die Mandanten.
admin-connector-removal = Entfernen
admin-connector-removal-why = Seine Verbindungen und Clients müssen vorher entfernt sein, damit jede Erlaubnis beim Anbieter endet.
admin-connector-remove = Konnektor entfernen
admin-connector-in-use = Er wurde nicht entfernt: Verbindungen nutzen ihn. Ihre Mandanten müssen sie zuerst löschen, damit jede widerrufen wird.
admin-connector-has-clients = Er wurde nicht entfernt: Für ihn sind Clients angelegt. Entfernen Sie zuerst diese.
admin-connector-revoking = Er wurde nicht entfernt: Gelöschte Verbindungen werden beim Anbieter noch widerrufen. Versuchen Sie es erneut, wenn das getan ist, spätestens in einem Tag.
admin-fact-name = Name
admin-fact-digest = SHA-256
admin-fact-size = Größe
admin-fact-kilobytes = { $n } kB
admin-fact-class = Art
admin-fact-hooks = Hooks
admin-fact-scopes = Scopes
admin-fact-actions = Aktionen
admin-fact-documentation = Dokumentation des Anbieters
admin-class-pure = Ohne Zugriff auf die Umgebung: Sie importiert nichts als den Vertrag
admin-class-guest-runtime = Bringt eine Sprachlaufzeit mit, die nichts von der Maschine bekommt
admin-access-read = liest
admin-access-write = ändert
admin-access-admin = verwaltet

# Was ein Konnektor verlangt, nach der Regel, die es berührt.
admin-asks-nothing = Er verlangt nichts.
admin-look-twice = Genau hinsehen
admin-asks-any-host = Server, die eine Person wählt
admin-asks-any-host-why = Wer sich verbindet, nennt den Server, der die Eingaben erhält.
admin-asks-deviation = Schwächer, als das Protokoll verlangt
admin-asks-deviation-why = Der Anbieter lässt nach Angabe des Konnektors keinen anderen Weg.
admin-asks-credential-origin = Erhält Zugangsdaten
admin-asks-credential-origin-why = Token und Schlüssel der Menschen gehen an diese Orte und an keinen anderen.
admin-asks-client-secret-origin = Erhält Ihr Client-Geheimnis
admin-asks-client-secret-origin-why = Ein Hook des Konnektors darf es dort einsetzen; der Konnektor selbst sieht es nie.
admin-asks-endpoint = Adressen für Zustimmung und Token
admin-asks-endpoint-why = Dorthin werden Menschen zur Zustimmung geschickt; dort werden Codes und Refresh-Token eingetauscht.
admin-asks-kept-value = Werte, die er behält
admin-asks-kept-value-why = Ein Teil der Antwort des Anbieters bleibt bei der Verbindung und steht auf Seiten. Er ist kein Geheimnis.
admin-asks-public-origin = Ohne Zugangsdaten erreicht
admin-asks-public-origin-why = Dorthin darf der Konnektor Anfragen senden, ohne die Zugangsdaten von irgendwem.
admin-asks-other = Weiteres
admin-asks-other-why = Was zu keiner der Gruppen oben gehört.

# Eine andere Version eines Konnektors.
admin-upgrade-title = Andere Version von { $name }
admin-upgrade-lead = Version { $from } ist installiert; dies ist { $to }. Nichts ändert sich, bevor Sie entscheiden.
admin-upgrade-more = Was sie verlangt und die installierte Version nicht
admin-upgrade-nothing-more = Nichts: Sie verlangt nicht mehr, als freigegeben ist.
admin-upgrade-less = Was sie nicht mehr verlangt
admin-upgrade-parts = Was dazukam und was wegfiel
admin-upgrade-facts = Alles, was sie anders angibt
admin-upgrade-same = unverändert
admin-upgrade-approve = Freigeben und diese Version nutzen
admin-upgrade-refuse = Die installierte Version behalten
admin-upgrade-method-gone = Es wurde nichts geändert: Verbindungen entstanden über „{ $method }“, das diese Version nicht mehr anbietet.

# Clients.
admin-clients-lead = Ein Client ist Ihre Registrierung bei einem Anbieter. Mit ihm können Menschen aller Mandanten, oder eines einzelnen, dort zustimmen.
admin-clients-lead-tenant = Ein Client ist Ihre eigene Registrierung bei einem Anbieter. Mit ihm stimmen Menschen unter Ihrem Namen zu und nicht unter dem des Betreibers.
admin-clients-none = Noch ist kein Client angelegt.
admin-client-new = Bei einem Anbieter registrieren
admin-client-choose = Bei welchem Dienst?
admin-client-no-connector = Kein freigegebener Konnektor braucht einen Client.
admin-client-new-at = Ein Client bei { $name }
admin-client-at = Client bei { $name }
admin-client-for = Für
admin-client-guide = So registrieren Sie sich bei { $name }
admin-client-id = Client-ID
admin-client-id-help = Was der Anbieter Client-ID, Anwendungs-ID oder Consumer Key nennt.
admin-client-secret = Client-Geheimnis
admin-client-secret-help = Es wird versiegelt aufbewahrt und nie wieder angezeigt.
admin-client-later = Die meisten Anbieter verlangen die Redirect-URI, bevor sie eine ID vergeben. Lassen Sie dann beides leer: Sie steht auf der nächsten Seite.
admin-client-add = Anlegen
admin-client-id-fault = Die Client-ID ist eine Zeile einfacher Text, so wie der Anbieter sie zeigt.
admin-client-in-use = Mit diesem Client wurden Verbindungen hergestellt. Seine ID bleibt, bis sie gelöscht sind; ein neues Geheimnis geht jederzeit.
admin-client-awaited = Gelöschte Verbindungen dieses Clients werden beim Anbieter noch widerrufen. Bis dahin wird er gebraucht.
admin-client-ready = Bereit
admin-client-unfinished = Nicht fertig
admin-client-refused = Vom Anbieter abgelehnt
admin-client-redirect = Redirect-URI
admin-client-redirect-help = Tragen Sie sie beim Anbieter genau so ein, wie sie hier steht.
admin-client-given = Was der Anbieter vergeben hat
admin-client-has-secret = Ein Geheimnis ist hinterlegt. Lassen Sie das Feld leer, um es zu behalten, oder geben Sie ein neues ein.
admin-client-no-secret = Noch ist kein Geheimnis hinterlegt.
admin-client-fault = Der Anbieter lehnt diesen Client ab ({ $code }), für einige seiner Verbindungen oder für alle. Sie warten und fragen alle paar Minuten wieder, und sofort, wenn Sie eingeben, was er verlangt. Seit
admin-client-endpoints = Adressen des Anbieters
admin-client-endpoints-why = Was der Anbieter nannte, als der Client zuerst genutzt wurde. Nennt er andere, wird nichts dorthin gesendet, bevor Sie zustimmen.
admin-client-accept = Annehmen, was er jetzt nennt
admin-client-remove = Diesen Client entfernen
admin-client-remove-why = Niemand kann sich mehr mit ihm verbinden. Seine Verbindungen müssen vorher gelöscht sein.

# Mandanten.
admin-tenants-lead = Einem Mandanten gehören Verbindungen. Nichts davon sieht ein anderer, auch Sie nicht.
admin-tenants-none = Noch gibt es keinen Mandanten.
admin-tenant-new = Mandanten anlegen
admin-tenant-make = Anlegen
admin-tenant-name = Name
admin-tenant-name-help = Unter welchem Namen man ihn kennt: Er steht auf seinen Seiten und in seinen Mails.
admin-tenant-name-fault = Der Name ist eine Zeile mit 1 bis 120 Zeichen.
admin-tenant-urls = Rückkehradressen
admin-tenant-urls-help = Wohin Menschen nach dem Verbinden geschickt werden dürfen, eine je Zeile, als vollständige https-Adressen.
admin-tenant-url-fault = „{ $url }“ ist keine Rückkehradresse: Geben Sie eine vollständige https-Adresse ohne # an.
admin-tenant-host = Hostname
admin-tenant-host-help = Der Name, den seine Leute in der Adresszeile sehen, etwa connect.acme.example: einer, der zu diesem Dienst führt. Leer: der des Dienstes selbst.
admin-tenant-host-fault = Das kann nicht sein Hostname sein: Geben Sie einen an, der zu diesem Dienst führt, etwa connect.acme.example, und den kein anderer Mandant hat.
admin-tenant-id = ID
admin-tenant-site = Seine Seiten stehen unter
admin-tenant-remove = Diesen Mandanten entfernen
admin-tenant-remove-why = Seine Schlüssel enden, und mit ihnen alles, was eine Sicherung noch von ihm enthält. Seine Verbindungen müssen vorher gelöscht sein.
admin-tenant-confirm = Geben Sie zum Entfernen seinen Namen ein: { $name }
admin-tenant-confirm-fault = Das ist nicht sein Name. Es wurde nichts entfernt.
admin-tenant-has-connections = Er wurde nicht entfernt: Er hat noch Verbindungen. Sie müssen zuerst gelöscht sein, damit jede widerrufen wird.
admin-tenant-awaited = Er wurde nicht entfernt: Gelöschte Verbindungen werden beim Anbieter noch widerrufen, oder über ein weiteres Konto ist noch zu entscheiden. Versuchen Sie es erneut, wenn das getan ist, spätestens in einigen Wochen.

# API-Schlüssel.
admin-keys-lead = Mit einem Schlüssel spricht eine Anwendung für ihren Mandanten und ein Programm für Sie.
admin-key-new = Schlüssel erzeugen
admin-key-make = Schlüssel erzeugen
admin-key-name = Name
admin-key-name-help = Wie Sie ihn nennen, etwa nach der Anwendung, die ihn erhält.
admin-key-name-fault = Geben Sie dem Schlüssel einen Namen mit 1 bis 120 Zeichen.
admin-key-for = Spricht für
admin-key-may = Erlaubt
admin-key-operator = Den Betreiber
admin-key-no-permission = Kreuzen Sie mindestens eines an, das er erlaubt.
admin-key-tenant-operates = Der Schlüssel eines Mandanten kann den Dienst nicht betreiben.
admin-key-made = Der Schlüssel „{ $name }“ ist erzeugt.
admin-key-once = Kopieren Sie ihn jetzt: Er wird nur dieses eine Mal gezeigt.
admin-key-itself = Schlüssel
admin-key-remove-named = Den Schlüssel { $name } entfernen
admin-permission-operate = Den Dienst betreiben
admin-permission-operate-why = Konnektoren, Clients, Mandanten, Schlüssel und Sicherungen
admin-permission-connect = Verbinden
admin-permission-connect-why = Verbindungen herstellen, ändern und löschen
admin-permission-read = Lesen
admin-permission-read-why = Verbindungen und das Audit-Protokoll ansehen
admin-permission-proxy = Anbieter aufrufen
admin-permission-proxy-why = über den Proxy, ohne Zugangsdaten zu sehen
admin-permission-lease = Zugangsdaten erhalten
admin-permission-lease-why = Token und Schlüssel selbst bekommen

# Das Audit-Protokoll.
admin-audit-lead = Wer was getan hat, das Neueste zuerst.
admin-audit-lead-tenant = Wer was mit dem getan hat, was Ihnen gehört, das Neueste zuerst.
admin-audit-none = Nichts dergleichen ist geschehen.
admin-audit-at = Wann (UTC)
admin-audit-kind = Was
admin-audit-by = Wer
admin-audit-subject = Womit
admin-audit-since = Von
admin-audit-until = Bis
admin-audit-filter = Anzeigen
admin-audit-all = Alles anzeigen
admin-audit-pages = Seiten
admin-audit-older = Ältere
admin-audit-newest = Neueste
admin-audit-from-the-top = Diese Seite ist über einen Tag alt; deshalb beginnt sie wieder beim Neuesten.
admin-kind-answer-dropped = Antwort eines Token-Endpunkts verworfen
admin-kind-api-key-created = API-Schlüssel erzeugt
admin-kind-api-key-removed = API-Schlüssel entfernt
admin-kind-backup-made = Sicherung erstellt
admin-kind-client-accepted = Client vom Anbieter wieder angenommen
admin-kind-client-added = Client angelegt
admin-kind-client-changed = Client geändert
admin-kind-client-refused = Client vom Anbieter abgelehnt
admin-kind-client-removed = Client entfernt
admin-kind-connection-created = Verbindung hergestellt
admin-kind-connection-deleted = Verbindung gelöscht
admin-kind-connection-imported = Verbindung importiert
admin-kind-connection-leased = Zugangsdaten herausgegeben
admin-kind-connection-reauthorized = Verbindung erneut erlaubt
admin-kind-connections-exported = Verbindungen exportiert
admin-kind-connections-imported = Verbindungen importiert
admin-kind-connector-approved = Konnektor freigegeben
admin-kind-connector-installed = Konnektor installiert
admin-kind-connector-removed = Konnektor entfernt
admin-kind-connector-upgraded = Konnektor aktualisiert
admin-kind-session-created = Verbindungssitzung angelegt
admin-kind-sign-in-offered = Anmeldelink erstellt
admin-kind-sign-in-used = Angemeldet
admin-kind-sign-in-ended = Abgemeldet
admin-kind-tenant-created = Mandant angelegt
admin-kind-tenant-changed = Mandant geändert
admin-kind-tenant-removed = Mandant entfernt

# Die Marke eines Mandanten.
admin-brand-lead = Wie Ihre Seiten und Mails aussehen und wessen Namen sie tragen. Was leer bleibt, ist neutral.
admin-brand-host = Ihre Seiten stehen unter
admin-brand-host-help = Diese Adresse legt der Betreiber fest.
admin-brand-host-fault = Zuerst muss sich der Betreiber Ihren Hostnamen ansehen.
admin-brand-looks = Aussehen
admin-brand-name = Name
admin-brand-name-help = Er steht oben auf jeder Seite und in jeder Mail.
admin-brand-colours-accent = Farbe auf hellem Grund
admin-brand-colours-accent-help = Für Schaltflächen und Links, geschrieben wie #1f5fbf.
admin-brand-colours-accent-dark = Farbe auf dunklem Grund
admin-brand-colours-accent-dark-help = Für alle, die dunkle Seiten bevorzugen, geschrieben wie #7ab0ff.
admin-brand-pick = Farbe wählen
admin-brand-contrast-good = gut lesbar
admin-brand-contrast-bad = zu schwach: Nötig sind 4,5 : 1
admin-brand-contrast-fault = Diese Farbe hat einen Kontrast von { $ratio }; zum Lesen sind 4,5 : 1 nötig. Die nächste lesbare desselben Tons ist { $nearest }.
admin-brand-colour-fault = Das ist keine Farbe: Schreiben Sie sie wie #1f5fbf.
admin-brand-preview = So wird es aussehen.
admin-brand-typeface = Schrift
admin-brand-typeface-system = Die eigene des Lesers
admin-brand-typeface-rounded = Gerundet
admin-brand-typeface-serif = Mit Serifen
admin-brand-typeface-own = Ihre Schriftdatei
admin-brand-typeface-fault = Laden Sie zuerst unten Ihre Schriftdatei hoch, dann wählen Sie sie hier.
admin-brand-links = Hilfe und Rechtliches
admin-brand-links-support = Hilfe
admin-brand-links-support-help = Eine vollständige https-Adresse, oder mailto: und eine Mailadresse.
admin-brand-links-support-fault = Geben Sie eine vollständige https-Adresse an oder eine Mailadresse als mailto:hilfe@example.com.
admin-brand-links-terms = Nutzungsbedingungen
admin-brand-links-privacy = Datenschutz
admin-brand-links-imprint = Impressum
admin-brand-url-fault = Geben Sie eine vollständige Adresse an, die mit https:// beginnt.
admin-brand-mail = Mail und Sprache
admin-brand-sender-name = Name des Absenders
admin-brand-sender-name-fault = Der Name des Absenders ist eine Zeile mit 1 bis 120 Zeichen.
admin-brand-sender-address = Adresse des Absenders
admin-brand-sender-address-fault = Das ist keine Mailadresse: Schreiben Sie sie wie verbindungen@example.com.
admin-brand-languages = Sprachen
admin-brand-languages-help = Keine angekreuzt: alle, die es gibt.
admin-brand-languages-fault = Wählen Sie unter den vorhandenen Sprachen, jede einmal.
admin-brand-main-language = Für alle, die keine davon lesen
admin-brand-applications = Ihre Anwendungen
admin-brand-origins = Ursprünge
admin-brand-origins-help = Wo Ihre Anwendungen sind, einer je Zeile, etwa https://app.example.com. Sie dürfen die Liste der Dienste in ihrer eigenen Seite zeigen.
admin-brand-origins-fault = Ein Ursprung ist Schema, Host und Port und nichts dahinter, etwa https://app.example.com; einer je Zeile.
admin-brand-sign-in-url = Anmeldeseite
admin-brand-sign-in-url-help = Die Seite Ihrer Anwendung, auf der man sich anmeldet; sie schickt die Menschen hierher zurück.
admin-brand-files = Bilder und Schrift
admin-brand-logo = Logo
admin-brand-logo-help = PNG, JPEG oder WebP, höchstens 256 KiB. Es steht neben Ihrem Namen.
admin-brand-logo-now = Das jetzige Logo
admin-brand-logo-remove = Logo entfernen
admin-brand-favicon = Favicon
admin-brand-favicon-help = Ein quadratisches PNG, JPEG oder WebP für Browser-Tabs.
admin-brand-favicon-now = Das jetzige Favicon
admin-brand-favicon-remove = Favicon entfernen
admin-brand-font = Schrift
admin-brand-font-help = WOFF2, höchstens 512 KiB. Sie wird von hier geladen und von nirgendwo sonst.
admin-brand-font-now = Eine Schrift ist hinterlegt.
admin-brand-font-remove = Schrift entfernen
admin-brand-file-keep = Hochladen
admin-brand-file-replace = Ersetzen
admin-brand-no-file = Wählen Sie zuerst eine Datei.
admin-brand-file-large = Die Datei ist zu groß: höchstens { $n } KiB.
admin-brand-file-markup = Dieses Bild kann Skripte ausführen, wie SVG es kann. Nehmen Sie eine PNG-, JPEG- oder WebP-Datei.
admin-brand-file-no-picture = Das ist kein PNG-, JPEG- oder WebP-Bild, wie immer es heißt.
admin-brand-file-damaged = Die Datei ist beschädigt oder nicht vollständig. Exportieren Sie sie noch einmal.
admin-brand-file-sides = Das Bild hat { $width } mal { $height } Pixel; jede Seite hat 16 bis { $longest }.
admin-brand-file-not-square = Ein Favicon ist quadratisch.
admin-brand-file-no-font = Das ist keine WOFF2-Schrift, wie immer sie heißt.
admin-done-brand-saved = Gespeichert. Diese Seite zeigt es schon.
admin-done-brand-file-kept = Die Datei ist im Einsatz.
admin-done-brand-file-removed = Die Datei ist entfernt.

# Webhooks.
admin-webhooks-lead = Ihre Anwendungen erfahren von jeder Änderung einer Verbindung, signiert nach Standard Webhooks.
admin-webhooks-none = Noch gibt es keinen Webhook.
admin-webhook-new = Webhook anlegen
admin-webhook-make = Anlegen
admin-webhook-title = Webhook
admin-webhook-url = Adresse
admin-webhook-url-help = Die https-Adresse Ihrer Anwendung, die die Nachrichten annimmt.
admin-webhook-url-fault = Diese Adresse geht nicht: Geben Sie eine vollständige https-Adresse an, die aus dem Internet erreichbar ist.
admin-webhook-too-many = Es gibt so viele Webhooks, wie ein Mandant haben darf. Entfernen Sie zuerst einen.
admin-webhook-events = Wovon er erfährt
admin-webhook-events-help = Nichts angekreuzt: von allem, auch von dem, was später dazukommt.
admin-webhook-everything = Von allem
admin-webhook-secret = Signaturgeheimnis
admin-webhook-made = Der Webhook ist angelegt.
admin-webhook-rotated = Er hat ein neues Geheimnis; das vorige signiert noch einen Tag mit.
admin-webhook-once = Kopieren Sie das Geheimnis jetzt: Es wird nur dieses eine Mal gezeigt.
admin-webhook-works = Funktioniert
admin-webhook-failing = Nichts kommt an
admin-webhook-failing-why = Dort kommt nichts an; es wird immer wieder versucht. Seit
admin-webhook-paused = Angehalten
admin-webhook-paused-asked = Dorthin wird nichts gesendet, weil jemand es so wollte. Seit
admin-webhook-paused-failing = Dorthin wird nichts gesendet, weil drei Tage lang nichts ankam. Beheben Sie es und lassen Sie ihn weiterlaufen. Seit
admin-webhook-paused-gone = Dorthin wird nichts gesendet, weil die Antwort war, dass es ihn nicht mehr gibt. Seit
admin-webhook-former = Das vorige Geheimnis signiert noch mit, bis
admin-webhook-test = Test senden
admin-webhook-rotate = Neues Geheimnis
admin-webhook-pause = Anhalten
admin-webhook-go-on = Weiterlaufen lassen
admin-webhook-settings = Einstellungen
admin-webhook-remove = Diesen Webhook entfernen
admin-webhook-remove-why = Was auf ihn wartet, entfällt.
admin-webhook-deliveries = Zustellungen
admin-webhook-no-deliveries = Dorthin wurde noch nichts gesendet.
admin-webhook-about = Worüber
admin-webhook-last = Letzte Antwort
admin-webhook-took = in { $n } ms
admin-webhook-replay = Erneut senden
admin-webhook-replay-waiting = Sie ist schon unterwegs und wird von selbst erneut versucht.
admin-webhook-replay-paused = Der Webhook ist angehalten: Lassen Sie ihn zuerst weiterlaufen.
admin-message-waiting = Unterwegs
admin-message-sent = Angekommen
admin-message-failed = Gescheitert
admin-message-dropped = Nicht mehr nötig
admin-event-created = Verbindung hergestellt
admin-event-active = Funktioniert
admin-event-expiring = Endet bald
admin-event-uncertain = Ungewiss
admin-event-failing = Funktioniert nicht
admin-event-needs-reauthorization = Braucht erneut Zustimmung
admin-event-reauthorized = Erneut zugestimmt
admin-event-account-replaced = Anderes Konto
admin-event-renamed = Umbenannt
admin-event-deleted = Gelöscht
admin-event-test = Test
admin-done-webhook-changed = Der Webhook ist gespeichert.
admin-done-webhook-tested = Der Test ist angekommen.
admin-done-webhook-not-tested = Der Test kam nicht an. Was geantwortet wurde, steht unten.
admin-done-webhook-paused = Der Webhook ist angehalten.
admin-done-webhook-goes-on = Der Webhook läuft weiter. Was er verpasst hat, können Sie unten erneut senden.
admin-done-webhook-removed = Der Webhook ist entfernt.
admin-done-webhook-replayed = Die Nachricht ist wieder unterwegs.
admin-kind-webhook-created = Webhook angelegt
admin-kind-webhook-changed = Webhook geändert
admin-kind-webhook-removed = Webhook entfernt
admin-kind-webhook-tested = Webhook getestet
admin-kind-webhook-paused = Webhook angehalten
admin-kind-webhook-secret-rotated = Webhook-Geheimnis erneuert
