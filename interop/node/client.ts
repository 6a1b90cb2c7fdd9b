// A small client over the types that openapi-typescript makes of 2019-05-29/openapi.json. It is type-checked, not run.

import type { components, operations, paths } from "./api.js";

type Document = components["schemas"]["Document"];
type Refusal = components["schemas"]["Error"];
type Upload = operations["uploadDocument"]["requestBody"]["content"]["multipart/form-data"];

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 200) return (await response.json()) as T;
  const refusal = (await response.json()) as Refusal;
  throw new Error(`${refusal.code}: ${refusal.message}`);
}

export async function upload(base: string, key: string, dispute: string, evidence: Upload & { file: string }) {
  const form = new FormData();
  if (evidence.kind !== undefined) form.set("kind", evidence.kind);
  form.set("file", new Blob([evidence.file]), "evidence.png");
  const path: keyof paths = "/disputes/{dispute}/documents";
  const response = await fetch(base + path.replace("{dispute}", dispute), {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${key}:`)}` },
    body: form,
  });
  return answer<Document>(response);
}

export function describe(document: Document): string {
  const kind: "cardholder_details" | "details_of_purchase" | "proof_of_receipt" | "proof_of_acceptance" | null =
    document.kind;
  const link: string | null = document.download_uri;
  const deleted: boolean = document.deleted;
  return `${document.filename} (${kind ?? "no kind"}, ${document.created_at}, ${link ?? "no link"}, ${deleted})`;
}

export function names(list: components["schemas"]["DocumentList"]): string[] {
  return list.data.map((document) => document.filename);
}

type Query = NonNullable<operations["listDocuments"]["parameters"]["query"]>;
export const page: Query = { limit: 100, offset: 20, order: "reverse_chronological", from: "2019-01-01T00:00:00Z" };

// What the types must refuse; each of these lines fails the check when it is no error any more.
// @ts-expect-error there is no such kind
export const kind: Document["kind"] = "receipt";
// @ts-expect-error a document is never without its name
export const unnamed: Document = { object: "document", id: "docu_test_1", livemode: false, location: "/", deleted: false };
// @ts-expect-error an order is one of two
export const order: Query = { order: "newest" };
