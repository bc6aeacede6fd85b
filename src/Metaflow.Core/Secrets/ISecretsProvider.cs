namespace Metaflow.Secrets;

/// <summary>A back end that keeps secrets. <c>[Secrets("name.id")]</c> finds it by its name.</summary>
/// <remarks>A class in a flow's assembly with a public parameterless constructor is available to the flow's steps. A package registers
/// its class with its plug-in, <c>registry.Add&lt;ISecretsProvider&gt;("name", static () =&gt; new Vault())</c>. It runs in the process
/// of a task, before the step.</remarks>
public interface ISecretsProvider
{
    /// <summary>Gets the name of the back end, without dots, such as <c>aws-secrets-manager</c>.</summary>
    string Name { get; }

    /// <summary>Fetches a secret.</summary>
    /// <param name="request">Which.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment variables to set, by name. The message of an exception is printed, so it must not contain a
    /// secret.</returns>
    ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(SecretRequest request, CancellationToken cancellationToken);
}

/// <summary>A secret that a step asks for.</summary>
/// <param name="Id">The back end's name for it: the text of the source after the first dot.</param>
/// <param name="Role">The role for reading it, or <see langword="null"/> for the back end's default.</param>
/// <param name="FlowFolder">The folder of the flow's source file, for relative paths.</param>
public sealed record SecretRequest(string Id, string? Role, string FlowFolder);
