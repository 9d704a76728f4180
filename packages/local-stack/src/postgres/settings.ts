/** Settings of the server by name, as `postgresql.conf` knows them. */
export type PostgresSettings = Record<string, string | number | boolean>

// For one machine that runs other things too. Durability is left as Postgres has it: fsync and synchronous commits.
const DEFAULTS: PostgresSettings = {
  shared_buffers: '256MB',
  max_connections: 200,
  // Just-in-time compilation costs more than it saves on queries of milliseconds.
  jit: false,
  min_wal_size: '80MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '5min',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

/** The server's command line. What is said here wins over `settings`: the server listens on loopback only, without sockets. */
export function serverArguments(pgData: string, port: number, settings: PostgresSettings = {}): string[] {
  const all = {
    ...DEFAULTS,
    ...settings,
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    logging_collector: false,
    log_destination: 'stderr',
    lc_messages: 'C',
  }
  return ['-D', pgData, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${format(value)}`])]
}

function format(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}
