using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;

namespace Metaflow.Python.Conda.Programs;

/// <summary>Writes match specs for programs: as packages write what they need, which every program reads.</summary>
internal static class ProgramSpec
{
    /// <summary>Returns a match spec as an argument.</summary>
    /// <param name="spec">The match spec.</param>
    /// <param name="channels">The channels of the request.</param>
    /// <returns>The argument, such as <c>numpy &gt;=1.21,&lt;2</c>.</returns>
    public static string Of(MatchSpec spec, IReadOnlyList<RequestedChannel> channels)
    {
        // What a name of a channel stands for is Metaflow's setting, not the program's.
        if (spec.Channel is { } name && channels.FirstOrDefault(channel => channel.IsNamed(name)) is { } named)
        {
            spec = spec with { Channel = named.Channel.AddressWithToken };
        }

        var plain = new MatchSpec
        {
            Name = spec.Name,
            Version = spec.Version,
            Build = spec.Build,
            Channel = spec.Channel,
            Subdir = spec.Subdir,
        };
        if (spec != plain || spec.Channel?.Contains('*', StringComparison.Ordinal) == true
            || (spec.Channel is null && spec.Subdir is not null))
        {
            // The text hides a token, which the program needs.
            var text = spec.ToString();
            return spec.Channel is { } address ? text.Replace(SecretText.Redact(address), address, StringComparison.Ordinal) : text;
        }

        var place = spec.Channel is null ? "" : spec.Subdir is null ? $"{spec.Channel}::" : $"{spec.Channel}/{spec.Subdir}::";
        var version = spec.Version is { IsAny: false } constraint ? constraint.ToString() : spec.Build is null ? "" : "*";
        return string.Join(' ', new[] { place + spec.Name, version, spec.Build?.Text ?? "" }.Where(static part => part.Length > 0));
    }
}
