using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Environments.Records;

/// <summary>The two hashes of an environment, as Metaflow's Conda V2 extension computes them (<c>docs/environments.md</c> shows the
/// formulas).</summary>
internal static class EnvironmentHash
{
    /// <summary>Returns the hash of what is asked for.</summary>
    /// <param name="requirements">The requirements, in any order.</param>
    /// <param name="sources">The sources, in any order.</param>
    /// <param name="extras">The flags for resolvers, in any order.</param>
    /// <returns>40 hexadecimal digits.</returns>
    public static string OfRequest(
        IEnumerable<TypedText> requirements, IEnumerable<TypedText> sources, IEnumerable<TypedText>? extras = null)
        => Of([.. Sorted(requirements), .. Sorted(sources), .. Sorted(extras ?? [])]);

    /// <summary>Returns the hash of the packages that were found.</summary>
    /// <param name="packages">The packages, in any order.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="uniqueKeys">What else counts.</param>
    /// <returns>40 hexadecimal digits.</returns>
    public static string OfPackages(
        IEnumerable<LockedPackage> packages, string architecture, IReadOnlyDictionary<string, string>? uniqueKeys = null)
        => Of([.. Named(packages), architecture, .. Pairs(uniqueKeys)]);

    /// <summary>Returns the hash that environments of several kinds of machines share if they were resolved together.</summary>
    /// <param name="environments">The packages by kind of machine.</param>
    /// <returns>40 hexadecimal digits.</returns>
    public static string OfSeveral(IEnumerable<KeyValuePair<string, IReadOnlyList<LockedPackage>>> environments)
        => Of([
            .. environments.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .SelectMany(static each => Named(each.Value).Prepend(each.Key)),
        ]);

    private static IEnumerable<string> Sorted(IEnumerable<TypedText> texts)
        => texts.Select(static text => text.ToString()).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Named(IEnumerable<LockedPackage> packages)
        => packages.OrderBy(static package => package.FileName, StringComparer.Ordinal)
            .Select(static package => $"{package.FileName}#{package.Hash ?? "None"}");

    private static IEnumerable<string> Pairs(IReadOnlyDictionary<string, string>? keys)
        => (keys ?? new Dictionary<string, string>()).Select(static pair => $"{pair.Key}:{pair.Value}").Order(StringComparer.Ordinal);

    [SuppressMessage("Security", "CA5350", Justification = "The format of the extension; nothing is trusted because of it.")]
    private static string Of(IReadOnlyList<string> items)
        => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Join(' ', items))));
}
