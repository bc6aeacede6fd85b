namespace Metaflow.Code;

/// <summary>Says which code the steps of a flow run now.</summary>
internal interface ICurrentCode
{
    /// <summary>Gets the identities of all steps whose code is known, by the step's name on disk.</summary>
    IReadOnlyDictionary<string, string> All { get; }

    /// <summary>Returns the identity of a step's code and environment.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>A text that changes when the code, or what it runs in, does; <see langword="null"/> when it is not known.</returns>
    string? Of(string step);
}
