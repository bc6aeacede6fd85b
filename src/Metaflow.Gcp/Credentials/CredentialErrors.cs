using Metaflow.Errors;

namespace Metaflow.Gcp.Credentials;

/// <summary>The errors of credentials.</summary>
internal static class CredentialErrors
{
    /// <summary>Returns the error of credentials that are nowhere.</summary>
    /// <param name="why">Where they were looked for, or who refused them, as a sentence.</param>
    /// <param name="cause">What was thrown.</param>
    public static ConfigurationException Missing(string why, Exception? cause = null) => new(
        ErrorCodes.CredentialsMissing,
        "There are no credentials for Google Cloud.",
        why,
        "Run 'gcloud auth application-default login', or let GOOGLE_APPLICATION_CREDENTIALS name a file of credentials.",
        cause);
}
