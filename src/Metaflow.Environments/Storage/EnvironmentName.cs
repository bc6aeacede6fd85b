using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;

namespace Metaflow.Environments.Storage;

/// <summary>A name that users give an environment: <c>name</c> or <c>name:tag</c>.</summary>
/// <param name="Name">The name: lower-case letters, digits, and <c>-</c>, <c>_</c>, <c>/</c>.</param>
/// <param name="Tag">The tag: lower-case letters, digits, <c>-</c> and <c>_</c>.</param>
internal sealed record EnvironmentName(string Name, string Tag)
{
    /// <summary>The tag of a name without one.</summary>
    public const string DefaultTag = "latest";

    private const string TagCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    // They are names of files and folders.
    private const int LongestPart = 200;

    private static readonly SearchValues<char> OfTag = SearchValues.Create(TagCharacters);
    private static readonly SearchValues<char> OfName = SearchValues.Create(TagCharacters + "/");
    private static readonly string[] MutableTags = [DefaultTag, "candidate", "stable"];

    /// <summary>Gets the name as it is stored.</summary>
    public string Key => $"{Name}/{Tag}";

    /// <summary>Gets a value indicating whether the name may belong to another environment later.</summary>
    public bool IsMutable => MutableTags.Contains(Tag);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text, such as <c>team/training:v1</c>.</param>
    /// <param name="name">The name; <see langword="null"/> if it is none.</param>
    /// <param name="why">Why it is none, as a sentence; empty if it is one.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out EnvironmentName? name, out string why)
    {
        var colon = text.LastIndexOf(':');
        var (first, tag) = colon < 0 ? (text, DefaultTag) : (text[..colon], text[(colon + 1)..]);
        why = first.Length == 0 ? "It has no name."
            : tag.Length == 0 ? "It has no tag after the colon."
            : first.AsSpan().ContainsAnyExcept(OfName) ? "A name consists of lower-case letters, digits, '-', '_' and '/'."
            : first[0] == '/' || first[^1] == '/' ? "A name does not begin or end with '/'."
            : first.Split('/').Append(tag).Any(static part => part.Length > LongestPart)
                ? $"A tag, and what is between two slashes of a name, has at most {LongestPart} characters."
            : tag.AsSpan().ContainsAnyExcept(OfTag) ? "A tag consists of lower-case letters, digits, '-' and '_'."
            : "";
        name = why.Length == 0 ? new EnvironmentName(first, tag) : null;
        return name is not null;
    }

    /// <summary>Reads a text that has to be a name, to be given to an environment.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The name.</returns>
    /// <exception cref="EnvironmentException">It is none (MF7034).</exception>
    public static EnvironmentName Parse(string text) => TryParse(text, out var name, out var why) ? name : throw Invalid(text, why);

    /// <summary>Returns the name that is stored in a form.</summary>
    /// <param name="key">The stored form, <c>name/tag</c>.</param>
    /// <returns>The name; <see langword="null"/> if it is none, such as the hash of packages.</returns>
    public static EnvironmentName? OfKey(string key)
        => key.LastIndexOf('/') is > 0 and var end ? new EnvironmentName(key[..end], key[(end + 1)..]) : null;

    /// <summary>Refuses to give the name to an environment while it belongs to another one for good.</summary>
    /// <param name="current">What it stands for; <see langword="null"/> for nothing.</param>
    /// <param name="target">What it is to stand for.</param>
    /// <exception cref="EnvironmentException">It does (MF7035).</exception>
    public void CheckFree(EnvironmentTarget? current, EnvironmentTarget target)
    {
        if (!IsMutable && current is not null && current != target)
        {
            throw new EnvironmentException(
                ErrorCodes.EnvironmentNameTaken,
                $"The name '{this}' cannot be given to the environment '{target.RequestId}:{target.FullId}'.",
                $"It belongs to '{current.RequestId}:{current.FullId}', and only names with the tags "
                    + $"{string.Join(", ", MutableTags.Select(static tag => $"'{tag}'"))} may move.",
                $"Choose another tag, or '{Name}:{DefaultTag}' for a name that moves.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}:{Tag}";

    /// <summary>Returns the error of a text that names no environment.</summary>
    /// <param name="text">The text.</param>
    /// <param name="why">Why, as a sentence.</param>
    /// <returns>The error.</returns>
    internal static EnvironmentException Invalid(string text, string why) => new(
        ErrorCodes.EnvironmentNameInvalid,
        $"'{text}' is not the name of an environment.",
        why,
        "Write a name such as 'team/training:v1', 'step:Flow/run/step', or the hashes that 'metaflow environment show' prints.")
    { ExitCode = ExitCodes.Usage };
}
