using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;

namespace Metaflow.Python.Conda.Versions;

/// <summary>A version of a package of conda, such as <c>1.2.3</c>, <c>1.0rc1</c> or <c>1!2.0+local</c>. Versions are ordered as conda
/// orders them: <c>1.0dev1 &lt; 1.0a &lt; 1.0 = 1.0.0 &lt; 1.0.post1</c>.</summary>
/// <remarks>Two versions are equal if conda holds them to be equal, also where their texts differ. Objects do not change.</remarks>
internal sealed class CondaVersion : IComparable<CondaVersion>, IEquatable<CondaVersion>
{
    private readonly VersionPart[][] _release;
    private readonly VersionPart[][] _local;
    private readonly VersionPart _epoch;

    /// <summary>Initializes a version.</summary>
    /// <param name="text">The text that it was read from.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="release">The segments; each begins with a number.</param>
    /// <param name="local">The segments behind a <c>+</c>.</param>
    internal CondaVersion(string text, VersionPart epoch, VersionPart[][] release, VersionPart[][] local)
    {
        Text = text;
        _epoch = epoch;
        _release = release;
        _local = local;
    }

    /// <summary>Gets the text that the version was read from.</summary>
    public string Text { get; }

    /// <summary>Reads a version.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The version.</returns>
    /// <exception cref="EnvironmentException">MF7050: the text is no version.</exception>
    public static CondaVersion Parse(string text)
        => CondaVersionReader.Read(text, out var problem) ?? throw VersionErrors.Version(text, problem);

    /// <summary>Reads a version.</summary>
    /// <param name="text">The text.</param>
    /// <param name="version">The version.</param>
    /// <returns>Whether the text is a version.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CondaVersion? version)
    {
        version = text is null ? null : CondaVersionReader.Read(text, out _);
        return version is not null;
    }

    /// <inheritdoc/>
    public int CompareTo(CondaVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var epochs = _epoch.CompareTo(other._epoch);
        if (epochs != 0)
        {
            return epochs;
        }

        var releases = Compare(_release, other._release);
        return releases != 0 ? releases : Compare(_local, other._local);
    }

    /// <summary>Says whether the version begins with the segments of another one, as <c>1.2.*</c> demands.</summary>
    /// <param name="prefix">The other version.</param>
    /// <returns>Whether it does.</returns>
    public bool StartsWith(CondaVersion prefix)
    {
        if (_epoch.CompareTo(prefix._epoch) != 0)
        {
            return false;
        }

        return prefix._local.Length == 0
            ? StartsWith(_release, prefix._release)
            : Compare(_release, prefix._release) == 0 && StartsWith(_local, prefix._local);
    }

    /// <summary>Says whether the version is a later one that begins as another one does up to its last segment, as <c>~=1.4.5</c>
    /// demands.</summary>
    /// <param name="bound">The other version.</param>
    /// <returns>Whether it is.</returns>
    public bool IsCompatibleWith(CondaVersion bound)
        => CompareTo(bound) >= 0 && _epoch.CompareTo(bound._epoch) == 0
            && (bound._release.Length == 1 || StartsWith(_release, bound._release[..^1]));

    /// <inheritdoc/>
    public bool Equals(CondaVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CondaVersion);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_epoch);
        AddTo(ref hash, _release);
        hash.Add('+');
        AddTo(ref hash, _local);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static int Compare(VersionPart[][] left, VersionPart[][] right)
    {
        for (var segment = 0; segment < Math.Max(left.Length, right.Length); segment++)
        {
            var one = segment < left.Length ? left[segment] : [];
            var two = segment < right.Length ? right[segment] : [];
            var order = Compare(one, two);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int Compare(ReadOnlySpan<VersionPart> left, ReadOnlySpan<VersionPart> right)
    {
        for (var index = 0; index < Math.Max(left.Length, right.Length); index++)
        {
            var order = PartAt(left, index).CompareTo(PartAt(right, index));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static bool StartsWith(VersionPart[][] version, VersionPart[][] prefix)
    {
        var last = prefix.Length - 1;
        if (Compare(version[..Math.Min(last, version.Length)], prefix[..last]) != 0)
        {
            return false;
        }

        ReadOnlySpan<VersionPart> own = last < version.Length ? version[last] : [];
        ReadOnlySpan<VersionPart> other = prefix[last];
        var end = other.Length - 1;
        return Compare(own[..Math.Min(end, own.Length)], other[..end]) == 0 && PartAt(own, end).StartsWith(other[end]);
    }

    private static VersionPart PartAt(ReadOnlySpan<VersionPart> parts, int index)
        => index < parts.Length ? parts[index] : VersionPart.Zero;

    // Zeros at the end of a segment, and segments of zeros at the end, are as good as missing.
    private static void AddTo(ref HashCode hash, VersionPart[][] segments)
    {
        var zeros = 0;
        foreach (var segment in segments)
        {
            var length = segment.Length;
            while (length > 0 && segment[length - 1].IsZero)
            {
                length--;
            }

            if (length == 0)
            {
                zeros++;
                continue;
            }

            for (; zeros > 0; zeros--)
            {
                hash.Add('.');
            }

            hash.Add('.');
            foreach (var part in segment.AsSpan(0, length))
            {
                hash.Add(part);
            }
        }
    }
}
