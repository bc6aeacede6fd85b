namespace Metaflow.Tool.Setup;

/// <summary>A question of a command that sets a profile up.</summary>
/// <param name="Option">The option that answers it, without dashes.</param>
/// <param name="ValueName">What help calls the answer.</param>
/// <param name="Setting">The setting that the answer becomes.</param>
/// <param name="Text">What is asked, without an end.</param>
internal sealed record SetupQuestion(string Option, string ValueName, string Setting, string Text)
{
    /// <summary>Gets an answer that is good, for example.</summary>
    public string Example { get; init; } = "";

    /// <summary>Gets the possible answers; empty where any text is one.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Gets a value indicating whether only its option answers it: most profiles need no answer.</summary>
    public bool IsRare { get; init; }

    /// <summary>Gets the variables of the cloud's own tools that say the same: where one is set, no answer is needed.</summary>
    public IReadOnlyList<string> OtherVariables { get; init; } = [];

    /// <summary>Gets a value indicating whether the answer is the address of a place for objects, which can be tried.</summary>
    public bool IsPlace { get; init; }

    /// <summary>Gets what answers it where nothing else does, from the other answers by setting; <see langword="null"/> for
    /// nothing.</summary>
    public Func<IReadOnlyDictionary<string, string>, string?> Otherwise { get; init; } = static _ => null;
}
