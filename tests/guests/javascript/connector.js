export const connector = { manifest() { throw new Error("x"); }, verify(c) { throw new Error("y"); } };
