// As S3 has them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const GIB = 1024 ** 3

export const MAX_PUT_BYTES = 5 * GIB
export const MAX_OBJECT_BYTES = 5 * 1024 * GIB
export const MIN_PART_BYTES = 5 * 1024 ** 2
export const MAX_PART_NUMBER = 10_000
export const MAX_PAGE = 1000
