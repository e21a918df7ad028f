"""Which view answers which URL; the names are those that the templates use."""

from django.urls import path

from django_site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("tides", views.tides, name="tides"),
    path("visit", views.visit, name="visit"),
    path("health", views.health, name="health"),
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("berth", views.berth, name="berth"),
    path("berth/withdraw", views.withdraw, name="withdraw"),
]
handler400 = "django_site.views.bad_request"
handler403 = "django_site.views.forged"
handler404 = "django_site.views.not_found"
handler500 = "django_site.views.broken"
