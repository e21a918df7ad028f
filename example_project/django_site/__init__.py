"""The same site in Django: the same templates, assets, pages and environment as the Flask application in `app.py`."""
