# The service alone, on the same packages and by the same commands as ./dev on a bare machine.
# Configure it through the environment (.env.example); it needs DATABASE_URL.
FROM debian:bookworm-slim AS build
WORKDIR /src
# Packages first: they change less often than sources.
COPY dev ./
COPY scripts ./scripts
RUN ./dev install build
COPY . .
RUN ./dev build release src/main/orderpush

FROM debian:bookworm-slim
WORKDIR /srv/orderpush
COPY dev ./
COPY scripts ./scripts
RUN ./dev install runtime && rm -rf dev scripts /var/lib/apt/lists/*
COPY --from=build /src/build/release/src/main/orderpush /usr/local/bin/orderpush
COPY --from=build /src/build/release/src/main/web /usr/local/share/orderpush/web
RUN useradd --no-create-home --uid 10001 orderpush
USER orderpush
ENV PORT=8080
EXPOSE 8080
# Whether the process answers; a database that is away is no reason to restart it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["orderpush", "healthcheck"]
ENTRYPOINT ["orderpush"]
CMD ["serve"]
