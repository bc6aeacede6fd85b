using System.Buffers;
using System.Text;

namespace Metaflow.Python.Conda.Matching;

/// <summary>Writes match specs as conda does.</summary>
internal static class MatchSpecText
{
    private static readonly SearchValues<char> Ranges = SearchValues.Create("><$^|,(");

    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create("><$^|, =[]'\"");

    /// <summary>Returns a match spec as conda writes it.</summary>
    /// <param name="spec">The match spec.</param>
    /// <returns>The text.</returns>
    public static string Of(MatchSpec spec)
    {
        var text = new StringBuilder();
        var brackets = new List<string>();
        AddPlace(spec, text, brackets);
        text.Append(spec.Name);
        var isExact = AddVersion(spec, text, brackets);
        AddBuild(spec, text, brackets, isExact);
        Add(brackets, "build_number", spec.BuildNumber is { Exact: { } number } ? number.Text : spec.BuildNumber?.ToString());
        Add(brackets, "track_features", spec.TrackFeatures);
        Add(brackets, "features", spec.Features);
        Add(brackets, "url", spec.Url is null ? null : SecretText.Redact(spec.Url));
        Add(brackets, "md5", spec.Md5);
        Add(brackets, "sha256", spec.Sha256);
        Add(brackets, "license", spec.License?.Text);
        Add(brackets, "license_family", spec.LicenseFamily?.Text);
        Add(brackets, "fn", spec.FileName);
        return brackets.Count == 0 ? text.ToString() : text.Append('[').AppendJoin(',', brackets).Append(']').ToString();
    }

    private static void AddPlace(MatchSpec spec, StringBuilder text, List<string> brackets)
    {
        if (spec.Channel is { } channel && !channel.Contains('*', StringComparison.Ordinal))
        {
            text.Append(SecretText.Redact(channel)).Append(spec.Subdir is null ? "" : "/" + spec.Subdir).Append("::");
            return;
        }

        Add(brackets, "channel", spec.Channel);
        Add(brackets, "subdir", spec.Subdir);
    }

    // Returns whether the version is one that a build may follow.
    private static bool AddVersion(MatchSpec spec, StringBuilder text, List<string> brackets)
    {
        if (spec.Version is null || spec.Version.IsAny)
        {
            return false;
        }

        var version = spec.Version.ToString();
        if (spec.Version.Exact is not null)
        {
            text.Append(version);
            return true;
        }

        if (version.AsSpan().ContainsAny(Ranges) || version[0] is '!' or '~' || !version.EndsWith(".*", StringComparison.Ordinal))
        {
            brackets.Add($"version='{version}'");
        }
        else
        {
            text.Append('=').Append(version[..^2]);
        }

        return false;
    }

    private static void AddBuild(MatchSpec spec, StringBuilder text, List<string> brackets, bool isExact)
    {
        if (spec.Build is { IsExact: true } && isExact)
        {
            text.Append('=').Append(spec.Build.Text);
        }
        else
        {
            Add(brackets, "build", spec.Build?.Text);
        }
    }

    private static void Add(List<string> brackets, string key, string? value)
    {
        if (value is not null)
        {
            var quote = value.Contains('\'', StringComparison.Ordinal) ? '"' : '\'';
            brackets.Add(value.AsSpan().ContainsAny(NeedsQuotes) ? $"{key}={quote}{value}{quote}" : $"{key}={value}");
        }
    }
}
