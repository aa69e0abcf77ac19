/** The methods that Cascaded Projection is compared with: other choices of basis. */
package dev.capstan.torch.internal.criteria;
