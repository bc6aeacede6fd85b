using System.Buffers;

namespace Metaflow.Environments.Storage;

/// <summary>What users write where an environment is asked for.</summary>
internal abstract record EnvironmentReference
{
    private const string TaskStart = "step:";
    private const int HashLength = 40;
    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    private EnvironmentReference()
    {
    }

    /// <summary>Reads a text: <c>name</c>, <c>name:tag</c>, <c>step:Flow/run/step</c> with or without a task, the hash of packages, or
    /// the hash of requirements with a colon and the hash of packages.</summary>
    /// <param name="text">The text.</param>
    /// <returns>What it means.</returns>
    /// <exception cref="Errors.EnvironmentException">It is none of these (MF7034).</exception>
    public static EnvironmentReference Parse(string text)
    {
        if (text.StartsWith(TaskStart, StringComparison.Ordinal))
        {
            var pathspec = text[TaskStart.Length..];
            return pathspec.Split('/') is { Length: 3 or 4 } parts && !parts.Contains("")
                ? new OfTask(pathspec)
                : throw EnvironmentName.Invalid(text, "After 'step:' there has to be 'Flow/run/step' or 'Flow/run/step/task'.");
        }

        if (text.Length == (2 * HashLength) + 1 && text[HashLength] == ':')
        {
            var (request, full) = (text[..HashLength], text[(HashLength + 1)..]);
            return IsHash(request) && IsHash(full)
                ? new OfHashes(new EnvironmentTarget(request, full))
                : throw EnvironmentName.Invalid(text, "It is as long as two hashes, which consist of the digits 0-9 and a-f.");
        }

        return IsHash(text) ? new OfPackages(text)
            : EnvironmentName.TryParse(text, out var name, out var why) ? new OfName(name)
            : throw EnvironmentName.Invalid(text, why);
    }

    private static bool IsHash(string text) => text.Length == HashLength && !text.AsSpan().ContainsAnyExcept(HexadecimalDigits);

    /// <summary>A name that somebody gave it.</summary>
    /// <param name="Name">The name.</param>
    internal sealed record OfName(EnvironmentName Name) : EnvironmentReference;

    /// <summary>The environment that a task had.</summary>
    /// <param name="Pathspec">The task, or its step.</param>
    internal sealed record OfTask(string Pathspec) : EnvironmentReference;

    /// <summary>Both hashes.</summary>
    /// <param name="Target">The hashes.</param>
    internal sealed record OfHashes(EnvironmentTarget Target) : EnvironmentReference;

    /// <summary>The hash of its packages.</summary>
    /// <param name="FullId">The hash.</param>
    internal sealed record OfPackages(string FullId) : EnvironmentReference;
}
