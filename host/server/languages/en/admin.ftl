# What those see who look after a tenant or the host.
admin-connectors = Connectors
admin-clients = Clients
admin-tenants = Tenants
admin-keys = API keys
admin-webhooks = Webhooks
admin-brand = Brand
admin-audit = Audit log
