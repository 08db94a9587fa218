# One image for web, worker and migration: the command says which.

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY assets assets
RUN node assets/build.js

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    MOTCUA_BIND=0.0.0.0:8000 \
    MOTCUA_DATA_DIR=/data
WORKDIR /srv/motcua
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
COPY --from=assets /build/app/static/build app/static/build
# Files (uploads, slips) belong to a user who can write nothing else.
RUN useradd --uid 10001 --no-create-home motcua && install -d -o motcua -g motcua -m 700 /data
USER motcua
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["python", "-m", "app.cli"]
CMD ["serve"]
