"""What tests share: a temporary PostgreSQL, a guarded Chromium, free ports and patience."""
