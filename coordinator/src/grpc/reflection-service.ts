import { readDescriptorSet, services } from "@baton/proto";
import type { DescriptorIndex, ProtoFile } from "@baton/proto/descriptor-index";
import { type ServiceDefinition, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { shortened } from "../errors.ts";
import { duplexStream } from "./handler.ts";
import { maxNameLength } from "./requests/text-limits.ts";
import type { ServiceContext } from "./service-context.ts";

/** A request of grpc.reflection.v1 or v1alpha, which differ only in name. */
interface ReflectionRequest {
  readonly messageRequest?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly allExtensionNumbersOfType?: string;
}

/** Both versions of the reflection service, ready for `addService`. */
export const reflectionServices: readonly ServiceDefinition[] = [services.reflection, services.reflectionAlpha];

/** Answers from the committed descriptor set, so that grpcurl needs no files. */
export function reflectionService(
  context: Pick<ServiceContext, "log" | "streams">,
  serviceNames: readonly string[],
): UntypedServiceImplementation {
  // Loaded by the first call, because most coordinators never get one.
  let loading: Promise<DescriptorIndex> | undefined;
  return {
    ServerReflectionInfo: duplexStream<ReflectionRequest, object>(context, async (call) => {
      loading ??= loadDescriptors();
      const index = await loading;
      call.on("data", (request: ReflectionRequest) => {
        const hasRoom = call.write({ originalRequest: shortRequest(request), ...answer(index, serviceNames, request) });
        if (!hasRoom) call.pause();
      });
      call.on("drain", () => call.resume());
      call.on("end", () => call.end());
    }),
  };
}

async function loadDescriptors(): Promise<DescriptorIndex> {
  const { indexDescriptors } = await import("@baton/proto/descriptor-index");
  return indexDescriptors(readDescriptorSet());
}

/** Returns the request as its answer repeats it. */
function shortRequest(request: ReflectionRequest): ReflectionRequest {
  const entries = Object.entries(request);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" ? value.slice(0, maxNameLength) : value]),
  );
}

function answer(index: DescriptorIndex, serviceNames: readonly string[], request: ReflectionRequest): object {
  switch (request.messageRequest) {
    case "listServices":
      return { listServicesResponse: { service: serviceNames.map((name) => ({ name })) } };
    case "fileByFilename":
      return filesAnswer(index, index.fileByName.get(request.fileByFilename ?? ""), request.fileByFilename);
    case "fileContainingSymbol":
      return filesAnswer(
        index,
        index.fileBySymbol.get(request.fileContainingSymbol ?? ""),
        request.fileContainingSymbol,
      );
    case "allExtensionNumbersOfType":
      return index.fileBySymbol.has(request.allExtensionNumbersOfType ?? "")
        ? { allExtensionNumbersResponse: { baseTypeName: request.allExtensionNumbersOfType, extensionNumber: [] } }
        : notFound(request.allExtensionNumbersOfType);
    default:
      return notFound("that extension");
  }
}

function filesAnswer(index: DescriptorIndex, file: ProtoFile | undefined, asked: string | undefined): object {
  if (file === undefined) return notFound(asked);
  const fileDescriptorProto = index.withDependencies(file).map(({ bytes }) => bytes);
  return { fileDescriptorResponse: { fileDescriptorProto } };
}

function notFound(asked: string | undefined): object {
  return {
    errorResponse: { errorCode: status.NOT_FOUND, errorMessage: `Nothing here is called "${shortened(asked ?? "")}".` },
  };
}
