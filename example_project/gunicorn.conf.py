"""How gunicorn runs the site, Flask's or Django's; it finds this file by its name."""

import os

import logs
import settings

_settings = settings.load()

bind = f"{'127.0.0.1' if _settings.debug else '0.0.0.0'}:{_settings.port}"
workers = _settings.workers
threads = 4
preload_app = True  # a wrong environment or a missing manifest ends the start, and workers share what they never change
graceful_timeout = 25  # after SIGTERM; platforms send SIGKILL after 30 seconds
forwarded_allow_ips = "*" if _settings.proxies else "127.0.0.1"
logconfig_dict = logs.to_stdout(_settings.log_level)
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms'
control_socket_disable = True  # it would be a file in the home folder
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # the heartbeat must not wait for a disk
