using System.Text.RegularExpressions;
using Metaflow.ObjectStorage.Secrets;

namespace Metaflow.Gcp.Secrets;

/// <summary>A version of a secret.</summary>
/// <param name="Path">Its name, <c>projects/…/secrets/…/versions/…</c>.</param>
/// <param name="Name">The name of the secret as the source has it.</param>
internal sealed partial record SecretVersion(string Path, string Name)
{
    private const string Newest = "/versions/latest";

    /// <summary>Reads what a source names.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="prefix">What the names of secrets begin with whose source has no project; <see langword="null"/> when it is not
    /// set.</param>
    /// <param name="setting">The setting that has the prefix.</param>
    /// <exception cref="Errors.MetaflowException">It is no secret (MF3045), or its project is not known (MF2084).</exception>
    public static SecretVersion Parse(SecretReference secret, string? prefix, string setting)
    {
        if (Whole().Match(secret.Id) is { Success: true } whole)
        {
            return new SecretVersion(
                whole.Groups["version"].Success ? secret.Id : secret.Id + Newest, whole.Groups["name"].Value);
        }

        if (Partial().Match(secret.Id) is not { Success: true } partial)
        {
            throw SecretErrors.NameInvalid(
                secret,
                "It must be 'name', 'name/versions/2', 'projects/ours/secrets/name' or 'projects/ours/secrets/name/versions/2'. Names "
                    + "have letters, digits, hyphens and underscores.",
                $"Correct the source, for example '{secret.Backend}.projects/ours/secrets/token'.");
        }

        var path = (prefix ?? throw SecretErrors.PlaceUnknown(
            secret, $"The source has no project, and {setting} is not set.",
            $"Set {setting} to 'projects/ours/secrets/', or write '{secret.Backend}.projects/ours/secrets/{secret.Id}'.")) + secret.Id;
        return Whole().IsMatch(path)
            ? new SecretVersion(partial.Groups["version"].Success ? path : path + Newest, partial.Groups["name"].Value)
            : throw SecretErrors.NameInvalid(
                secret,
                $"{setting} and the source make '{path}', which is not 'projects/ours/secrets/name'.",
                $"Correct {setting}, for example to 'projects/ours/secrets/'. It ends with a slash, or with the beginning of names.");
    }

    [GeneratedRegex(@"^projects/[\w:.-]+/secrets/(?<name>[\w-]+)(?<version>/versions/[\w-]+)?\z", RegexOptions.ECMAScript)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^(?<name>[\w-]+)(?<version>/versions/[\w-]+)?\z", RegexOptions.ECMAScript)]
    private static partial Regex Partial();
}
