using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Secrets;

/// <summary>The errors of secrets in clouds. None of them shows a value.</summary>
internal static class SecretErrors
{
    /// <summary>Returns the error of a source that cannot be.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="why">Why it cannot be, as a sentence.</param>
    /// <param name="fix">What to write, as a sentence.</param>
    public static StepFailedException NameInvalid(SecretReference secret, string why, string fix)
        => new(ErrorCodes.SecretReferenceInvalid, $"The secret '{secret.Shown}' is not written correctly.", why, fix);

    /// <summary>Returns the error of a secret whose place nothing says.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="why">What is missing, as a sentence.</param>
    /// <param name="fix">What to set, as a sentence.</param>
    public static ConfigurationException PlaceUnknown(SecretReference secret, string why, string fix)
        => new(ErrorCodes.SecretPlaceUnknown, secret.NotRead, why, fix);

    /// <summary>Returns the error of a secret that the cloud does not have.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="place">Where it was looked for, such as <c>the vault 'ours'</c>.</param>
    /// <param name="message">What the cloud said.</param>
    /// <param name="fix">What to do, as a sentence.</param>
    public static StepFailedException Missing(SecretReference secret, string place, string message, string fix) => new(
        ErrorCodes.SecretMissing, secret.NotRead, $"It cannot be found in {place}: {ObjectErrors.Sentence(message)}", fix);

    /// <summary>Returns the error of credentials that are not good for a secret.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="why">Why they are not, as a sentence.</param>
    /// <param name="fix">How to get good ones, as a sentence.</param>
    public static StepFailedException NoPermission(SecretReference secret, string why, string fix)
        => new(ErrorCodes.SecretNoPermission, secret.NotRead, why, fix);

    /// <summary>Returns the error of a value that cannot become variables.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="why">Why it cannot, as a sentence without a part of the value.</param>
    /// <param name="fix">What to do, as a sentence.</param>
    public static StepFailedException ValueInvalid(SecretReference secret, string why, string fix)
        => new(ErrorCodes.SecretValueInvalid, $"The value of the secret '{secret.Shown}' cannot be used.", why, fix);

    /// <summary>Returns the error of a service that gave no answer that counts.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="why">What happened, as a sentence.</param>
    /// <param name="isTransient">Whether it may pass.</param>
    /// <param name="cause">What was thrown.</param>
    public static StepFailedException ServiceFailed(SecretReference secret, string why, bool isTransient, Exception? cause = null) => new(
        ErrorCodes.SecretServiceFailed,
        secret.NotRead,
        why,
        isTransient
            ? "Check the network and the service, then run the flow again."
            : "Look the answer up in the documentation of the service.",
        cause)
    {
        IsTransient = isTransient,
    };
}
