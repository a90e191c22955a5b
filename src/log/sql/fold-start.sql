-- Makes the fold's watermark in a new database: nothing is folded yet.
INSERT INTO watermarks (name, xid, system_identifier)
SELECT 'fold', '0', control.system_identifier
FROM pg_control_system() AS control
ON CONFLICT (name) DO NOTHING
