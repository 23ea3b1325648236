import { connect as connectPlainly, type Socket } from "node:net";
import { connect as connectByTls } from "node:tls";
import { MongoClient } from "mongodb";

/** The parts of a MongoDB address, as they are written in it. */
interface AddressParts {
  readonly scheme: string;
  /** `name:password`, or empty. */
  readonly user: string;
  readonly hosts: string;
  /** Empty when none is named. */
  readonly database: string;
  readonly options: URLSearchParams;
}

/** Options about the connection to the server, which do not apply to a connection through a port of this computer. */
const wayOptions = /^(directConnection|loadBalanced|replicaSet|srv.*|ssl|tls.*)$/i;

/**
 * Returns the address of another database on the same server. The user is still looked up in the same database as
 * before; without `authSource`, the driver would look in the new database.
 */
export function addressOfDatabase(address: string, database: string): string {
  const parts = readAddress(address);
  const { options, user } = parts;
  const hasSource = [...options.keys()].some((name) => name.toLowerCase() === "authsource");
  if (user !== "" && !hasSource) options.set("authSource", parts.database === "" ? "admin" : parts.database);
  return writeAddress({ ...parts, database });
}

/** Returns an address of the same database and user through a port of this computer, without TLS. */
export function addressThroughPort(address: string, port: number): string {
  const parts = readAddress(address);
  const options = new URLSearchParams([...parts.options].filter(([name]) => !wayOptions.test(name)));
  options.set("directConnection", "true");
  return writeAddress({ ...parts, scheme: "mongodb", hosts: `127.0.0.1:${port}`, options });
}

/** Returns the same address with this option set or replaced. */
export function addressWithOption(address: string, name: string, value: string): string {
  const parts = readAddress(address);
  parts.options.set(name, value);
  return writeAddress(parts);
}

/** Opens a connection to the first host in an address, with TLS when the address asks for it. */
export function connectToHost(address: string): Socket {
  const { hosts, tls, ...options } = new MongoClient(address).options;
  const [first] = hosts;
  if (first?.host === undefined) throw new Error(`Expected an address that names a host, got ${address}.`);
  const place = { host: first.host, port: first.port ?? 27_017 };
  return tls ? connectByTls({ ...options, servername: first.host, ...place }) : connectPlainly(place);
}

function readAddress(address: string): AddressParts {
  const match = /^(mongodb(?:\+srv)?):\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(address);
  if (match === null) throw new Error(`Expected mongodb://…, got ${address}.`);
  const [, scheme = "", user = "", hosts = "", database = "", options = ""] = match;
  return { scheme, user, hosts, database, options: new URLSearchParams(options) };
}

function writeAddress({ database, hosts, options, scheme, user }: AddressParts): string {
  const text = options.toString();
  return `${scheme}://${user === "" ? "" : `${user}@`}${hosts}/${database}${text === "" ? "" : `?${text}`}`;
}
