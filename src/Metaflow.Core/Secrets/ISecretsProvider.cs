namespace Metaflow.Secrets;

/// <summary>A back end that keeps secrets. <c>[Secrets("name.id")]</c> finds it by its name.</summary>
/// <remarks>A class of the assembly of a flow with a public constructor without parameters is there for the flow's steps. That of a
/// package is registered by its plug-in, <c>registry.Add&lt;ISecretsProvider&gt;("name", static () =&gt; new Vault())</c>. It runs in the
/// process of a task, before the step.</remarks>
public interface ISecretsProvider
{
    /// <summary>Gets the name of the back end, without dots, such as <c>aws-secrets-manager</c>.</summary>
    string Name { get; }

    /// <summary>Fetches a secret.</summary>
    /// <param name="request">Which.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment variables to set, by name. An exception's message is printed: it must hold no secret.</returns>
    ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(SecretRequest request, CancellationToken cancellationToken);
}

/// <summary>A secret that a step asks for.</summary>
/// <param name="Id">What the back end calls it: the source's text after the first dot.</param>
/// <param name="Role">The role to ask as, or <see langword="null"/> for the back end's own.</param>
/// <param name="FlowFolder">The folder of the flow's source file, for relative paths.</param>
public sealed record SecretRequest(string Id, string? Role, string FlowFolder);
