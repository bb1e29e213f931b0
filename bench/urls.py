from django.urls import path

from listening.urls import urlpatterns as product

from .bare import bare

urlpatterns = [path("bare/<int:number>/", bare), *product]
