"""What Flask-Session is told. express/sessions.ts says the same."""

import os

from redis import Redis

SESSION_PERMANENT = False
SESSION_KEY_PREFIX = "moving:"
SESSION_COOKIE_NAME = "moving"
SESSION_COOKIE_SAMESITE = "Lax"

if "REDIS_URL" in os.environ:
    SESSION_TYPE = "redis"
    SESSION_REDIS = Redis.from_url(os.environ["REDIS_URL"])
else:
    SESSION_TYPE = "filesystem"
    SESSION_FILE_DIR = os.environ["SESSION_FILE_DIR"]
