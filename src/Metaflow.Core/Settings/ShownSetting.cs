using System.Text.RegularExpressions;
using Metaflow.Storage;

namespace Metaflow.Settings;

/// <summary>Shows the values of settings without the credentials that may be in them.</summary>
internal static partial class ShownSetting
{
    private const string Hidden = "***";

    /// <summary>Returns a value as others may see it.</summary>
    /// <param name="name">The name of the setting, as which a package or Python Metaflow may have any.</param>
    /// <param name="value">Its value.</param>
    public static string Of(string name, string value)
        => value.Length == 0 ? value
            : SecretName().IsMatch(name) ? Hidden
            : Address().IsMatch(value) ? ShownAddress.Of(value)
            : Credential().Replace(User().Replace(value, $"://{Hidden}@"), $"$1{Hidden}");

    [GeneratedRegex("_(AUTH_KEY|API_KEY|ACCESS_KEY|KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE|CREDENTIALS|HEADERS|CONNECTION_STRING)$")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*://[^\s""']*$")]
    private static partial Regex Address();

    // A password may have slashes: everything up to the last sign counts.
    [GeneratedRegex(@"://[^\s""'@]*@")]
    private static partial Regex User();

    [GeneratedRegex(
        @"\b((?:sig|signature|token|password|secret|api[_-]?key|accountkey|sharedaccesssignature|x-amz-[a-z-]+)\s*=\s*)[^&;\s""',]+",
        RegexOptions.IgnoreCase)]
    private static partial Regex Credential();
}
