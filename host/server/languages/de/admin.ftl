# Was die sehen, die einen Mandanten oder den Dienst betreuen.
admin-connectors = Konnektoren
admin-clients = Clients
admin-tenants = Mandanten
admin-keys = API-Schlüssel
admin-webhooks = Webhooks
admin-brand = Marke
admin-audit = Audit-Protokoll
