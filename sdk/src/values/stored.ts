/**
 * The type that arrives for a value of type `T` that was stored as a payload or an output: `T` itself, except that an object
 * with a `toJSON` method arrives as the result of that method. Functions cannot be stored.
 */
export type Stored<T> = unknown extends T
  ? T
  : T extends Kept
    ? T
    : T extends ReadonlyMap<infer Key, infer Value>
      ? Map<Stored<Key>, Stored<Value>>
      : T extends ReadonlySet<infer Value>
        ? Set<Stored<Value>>
        : T extends { toJSON(...parameters: never[]): infer Result }
          ? Stored<Result>
          : T extends symbol | ((...parameters: never[]) => unknown)
            ? never
            : { [Member in keyof T]: Stored<T[Member]> };

/** Types that arrive unchanged. */
type Kept =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | Date
  | URL
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView;
