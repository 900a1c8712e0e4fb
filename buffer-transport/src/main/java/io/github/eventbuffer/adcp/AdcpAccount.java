package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.Unicode;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The account at a seller: by the seller's own id, or by brand and operator, for sellers that
 * resolve it from these (AdCP 3.1, {@code core/account-ref.json}). Immutable.
 */
public sealed interface AdcpAccount permits AdcpAccount.Id, AdcpAccount.Brand {

  /** The account with this id; conditions as in {@link Id}. */
  static AdcpAccount id(String accountId) {
    return new Id(accountId);
  }

  /**
   * The production account of a brand; conditions as in {@link Brand}.
   *
   * @param domain of the brand, for example {@code acme-corp.com}
   * @param operator the domain of who acts for the brand; the brand's own when nobody does
   */
  static Brand brand(String domain, String operator) {
    return new Brand(domain, null, operator, false);
  }

  /**
   * By the seller's id.
   *
   * @param accountId not empty, at most 255 characters
   */
  record Id(String accountId) implements AdcpAccount {
    /**
     * Checks the length.
     *
     * @throws NullPointerException if {@code accountId} is null
     * @throws IllegalArgumentException if it is empty, longer than 255 characters, or not valid
     *     Unicode
     */
    public Id {
      Objects.requireNonNull(accountId, "accountId");
      if (accountId.isEmpty() || accountId.length() > 255) {
        throw new IllegalArgumentException(
            "accountId must have 1 to 255 characters, has " + accountId.length());
      }
      if (!Unicode.isValid(accountId)) {
        throw new IllegalArgumentException("accountId must be valid Unicode");
      }
    }
  }

  /**
   * By brand and operator.
   *
   * @param domain of the brand; lower case
   * @param brandId which of the brands of a house: {@code [a-z0-9_]+}; null where the domain has
   *     one
   * @param operator the domain of who acts for the brand; lower case
   * @param sandbox whether the seller's sandbox is meant, in place of production
   */
  record Brand(String domain, @Nullable String brandId, String operator, boolean sandbox)
      implements AdcpAccount {
    private static final Pattern DOMAIN =
        Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final Pattern BRAND_ID = Pattern.compile("[a-z0-9_]+");
    private static final int MAX_DOMAIN_CHARS = 253;

    /**
     * Checks the domains by the patterns of AdCP's schema.
     *
     * @throws NullPointerException if {@code domain} or {@code operator} is null
     * @throws IllegalArgumentException if a value is no domain in lower case of at most 253
     *     characters, or {@code brandId} has another character than {@code [a-z0-9_]}, naming value
     *     and rule
     */
    public Brand {
      checkDomain("domain", domain);
      checkDomain("operator", operator);
      if (brandId != null && !BRAND_ID.matcher(brandId).matches()) {
        throw new IllegalArgumentException("brandId must match [a-z0-9_]+, is " + brandId);
      }
    }

    /** The same brand's account in the seller's sandbox. */
    public Brand inSandbox() {
      return new Brand(domain, brandId, operator, true);
    }

    /** The account of this brand of the house; conditions as in the constructor. */
    public Brand brandId(String id) {
      return new Brand(domain, Objects.requireNonNull(id, "brandId"), operator, sandbox);
    }

    private static void checkDomain(String name, String value) {
      Objects.requireNonNull(value, name);
      // The length first: the pattern takes long for a long value that is none.
      if (value.length() > MAX_DOMAIN_CHARS || !DOMAIN.matcher(value).matches()) {
        throw new IllegalArgumentException(
            name + " must be a domain in lower case without scheme and port, is " + value);
      }
    }
  }
}
