using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>A channel that counts for a request.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Rank">Its place: 0 for the preferred one.</param>
/// <param name="OnlyUrl">The address of the only file that counts; <see langword="null"/> if all count.</param>
internal sealed record RequestedChannel(CondaChannel Channel, int Rank, string? OnlyUrl)
{
    /// <summary>Returns the channels of a request, and behind them those that only a match spec names.</summary>
    /// <param name="request">The request.</param>
    /// <param name="names">What names of channels stand for, where a match spec names one.</param>
    /// <returns>The channels, the preferred one first.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7052: a match spec names no channel.</exception>
    public static IReadOnlyList<RequestedChannel> AllOf(CondaRequest request, ChannelOptions names)
    {
        var all = new List<RequestedChannel>();
        foreach (var channel in request.Channels)
        {
            if (!all.Exists(entry => entry.Channel.Url == channel.Url))
            {
                all.Add(new RequestedChannel(channel, all.Count, null));
            }
        }

        foreach (var name in request.Specs.Select(static spec => spec.Channel).OfType<string>().Distinct())
        {
            if (!name.Contains('*', StringComparison.Ordinal) && !all.Exists(entry => entry.IsNamed(name)))
            {
                all.Add(new RequestedChannel(CondaChannel.Parse(name, names), all.Count, null));
            }
        }

        foreach (var url in request.Specs.Select(static spec => spec.Url).OfType<string>())
        {
            var plain = SecretText.Remove(url);
            var isKnown = request.Known.Any(record => record.Url == plain);
            if (!isKnown && CondaChannel.OfPackage(url, names) is { } channel
                && !all.Exists(entry => entry.Channel.Url == channel.Url && entry.OnlyUrl is null))
            {
                all.Add(new RequestedChannel(channel, all.Count, plain));
            }
        }

        return all;
    }

    /// <summary>Says whether a match spec that names a channel means this one.</summary>
    /// <param name="name">The name or the address.</param>
    /// <returns>Whether it does.</returns>
    public bool IsNamed(string name)
        => string.Equals(Channel.Name, name, StringComparison.OrdinalIgnoreCase)
            || Channel.Url == SecretText.Remove(name).TrimEnd('/')
            || (!name.Contains("://", StringComparison.Ordinal) && Channel.Url.EndsWith("/" + name, StringComparison.OrdinalIgnoreCase));
}
