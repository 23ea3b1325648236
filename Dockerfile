# One image with the `baton` command; docker-compose.yml starts it as coordinator and as runner.
# A project of yours is mounted into the runner, or copied on top of this image (docs/operating.md).

FROM node:22-slim AS build
WORKDIR /baton
COPY . .
RUN npm ci --ignore-scripts && npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-slim
# Containers need something as process 1 that passes signals on and collects ended children.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
WORKDIR /baton
COPY --from=build --chown=root:root /baton /baton
RUN ln -s /baton/cli/bin/baton.js /usr/local/bin/baton && mkdir /data && chown node:node /data && mkdir -p /baton/examples/.baton && chown node:node /baton/examples/.baton
USER node
ENV NODE_ENV=production
ENTRYPOINT ["tini", "--", "baton"]
CMD ["--help"]
