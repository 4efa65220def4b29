import product from '../../package.json' with { type: 'json' };

/** Version of this program. */
export const PRODUCT_VERSION: string = product.version;
