"""The clients of a session's store, from the URLs of their servers."""

from urllib.parse import urlsplit

# What each key's URL becomes: only what a configuration names is imported, since not each version has all of them.
CLIENTS = {}


def with_clients(app):
    for key, client in CLIENTS.items():
        if key in app.config:
            app.config[key] = client(app, app.config[key])


def for_key(key):
    def register(client):
        CLIENTS[key] = client
        return client

    return register


@for_key("SESSION_REDIS")
def redis(app, url):
    from redis import Redis

    return Redis.from_url(url)


@for_key("SESSION_MEMCACHED")
def memcached(app, url):
    address = urlsplit(url).netloc
    try:
        # Unlike its `Client`, for several threads.
        from pymemcache import PooledClient

        # Else it doesn't wait until its writes are there: the next request, which may be ours, would not find them yet.
        return PooledClient(address, default_noreply=False)
    except ImportError:
        from memcache import Client

        return Client([address])


@for_key("SESSION_MONGODB")
def mongodb(app, url):
    from pymongo import MongoClient

    return MongoClient(url)


@for_key("SESSION_SQLALCHEMY")
def sqlalchemy(app, url):
    from flask_sqlalchemy import SQLAlchemy

    drivers = {"postgres:": "postgresql+psycopg2:", "mysql:": "mysql+pymysql:"}
    scheme, rest = url.split("//", 1)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"{drivers.get(scheme, scheme)}//{rest}"
    return SQLAlchemy(app)


@for_key("SESSION_DYNAMODB")
def dynamodb(app, url):
    import boto3

    keys = {"aws_access_key_id": "dummy", "aws_secret_access_key": "dummy"}
    return boto3.resource("dynamodb", endpoint_url=url, region_name="us-west-2", **keys)


@for_key("SESSION_CACHELIB")
def cachelib(app, settings):
    from cachelib.file import FileSystemCache

    return FileSystemCache(**settings)
