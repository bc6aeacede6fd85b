using System.Diagnostics.CodeAnalysis;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Settings;

/// <summary>Says whether an environment of the datastore may be used for requirements for which this machine has none.</summary>
/// <param name="IsUsed">Whether one may.</param>
/// <param name="Users">The users one of whom has to have resolved it; <see langword="null"/> for anybody.</param>
internal sealed record RemoteLatest(bool IsUsed, IReadOnlyList<string>? Users)
{
    /// <summary>None may be used.</summary>
    public static readonly RemoteLatest None = new(false, null);

    /// <summary>What the setting can be, for errors.</summary>
    public const string Expected = "':none:', ':username:', ':any:', or names of users with commas between them";

    /// <summary>Reads what the setting says.</summary>
    /// <param name="text">The text.</param>
    /// <param name="user">The name of the user.</param>
    /// <param name="latest">What it says; <see langword="null"/> if the text is wrong.</param>
    /// <returns>Whether the text is right.</returns>
    public static bool TryParse(string text, string user, [NotNullWhen(true)] out RemoteLatest? latest)
    {
        string[] names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        latest = text switch
        {
            ":none:" => None,
            ":username:" => new RemoteLatest(true, [user]),
            ":any:" => new RemoteLatest(true, null),
            [':', ..] => null,
            _ when names is [] => null,
            _ => new RemoteLatest(true, names),
        };
        return latest is not null;
    }

    /// <summary>Returns true if an environment may be used.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>Whether it may.</returns>
    public bool Accepts(ResolvedEnvironment environment) => IsUsed && (Users is null || Users.Contains(environment.ResolvedBy));
}
